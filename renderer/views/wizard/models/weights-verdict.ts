import type { WeightsMatch } from '../../../../electron/contract/preview.ts';
import { formatCount, plural } from '../../../format.ts';

/** What a weights file is for: to begin a training with, or to be a teacher as it is, which must fit whole. */
export type WeightsUse = 'start' | 'teacher';

export interface Verdict {
  color: 'success' | 'warning' | 'error';
  text: string;
}

/** How a file fits a network, in words. An error is what the run would refuse. */
export function weightsVerdict(match: WeightsMatch, use: WeightsUse): Verdict {
  const { matched, missing, mismatched, unexpected, backboneFits } = match;
  const needed = matched + missing.length + mismatched.length;
  const ofAll = `${formatCount(matched)} of the network's ${plural(needed, 'tensor')}`;
  const isWhole = matched === needed;
  const otherNetwork = 'Choose the architecture, width, stem and head that it was made with.';
  if (isWhole && (use === 'start' || unexpected.length === 0))
    return {
      color: 'success',
      text: `The file fits: it has all of the network's ${plural(matched, 'tensor')}.`,
    };
  if (isWhole)
    return {
      color: 'error',
      text: `The file is of a larger network: it has ${plural(unexpected.length, 'tensor')} that this one lacks. ${otherNetwork}`,
    };
  if (use === 'start' && backboneFits)
    return {
      color: 'success',
      text: `The file fits but for the classifier (${ofAll}), which will begin with random weights.`,
    };
  if (use === 'start' && matched > 0)
    return {
      color: 'warning',
      text: `Only a part of the file fits this network: it has ${ofAll}, and the others will begin with random weights. It was probably made with another architecture, width, stem or head.`,
    };
  if (backboneFits)
    return {
      color: 'error',
      text: `The file fits but for the classifier (${ofAll}). A teacher must know these classes: take a file that was trained on them, or train a teacher here that begins with this file.`,
    };
  return {
    color: 'error',
    text: `The file does not fit this network: it has ${ofAll}. ${otherNetwork}`,
  };
}
