import type { WeightsMatch } from '../../../electron/contract/weights.ts';
import { formatCount, plural } from '../../format.ts';

/** What a weights file is for: to begin a training with, or to be a teacher as it is, which must fit whole. */
export type WeightsUse = 'start' | 'teacher';

export interface Verdict {
  color: 'success' | 'warning' | 'error';
  text: string;
}

/** How a file fits a network, in words. An error is what the run would refuse. */
export function weightsVerdict(match: WeightsMatch, use: WeightsUse): Verdict {
  const { matched, missing, mismatched, unexpected, fit } = match;
  const needed = matched + missing.length + mismatched.length;
  const ofAll = `${formatCount(matched)} of the network's ${plural(needed, 'tensor')}`;
  const hasAll = matched === needed;
  const otherNetwork = 'Choose the architecture, width, stem and head it was made with.';
  if (fit === 'whole')
    return {
      color: 'success',
      text: `The file fits: it has all of the network's ${plural(matched, 'tensor')}.`,
    };
  if (use === 'start' && fit === 'body')
    return {
      color: 'success',
      text: `The file fits except for the classifier (${ofAll}), which will start with random weights.`,
    };
  if (use === 'start' && fit === 'part')
    return {
      color: 'warning',
      text: hasAll
        ? `The file belongs to a larger network; this one takes ${ofAll}.`
        : `Only part of the file fits this network: it has ${ofAll}, and the rest will start with random weights. It was probably made with another architecture, width, stem or head.`,
    };
  if (hasAll)
    return {
      color: 'error',
      text: `The file belongs to a larger network: it has ${plural(unexpected.length, 'tensor')} that this one lacks. ${otherNetwork}`,
    };
  if (fit === 'body')
    return {
      color: 'error',
      text: `The file fits except for the classifier (${ofAll}). A teacher must know these classes: use a file that was trained on them, or train a teacher here that starts from this file.`,
    };
  return {
    color: 'error',
    text: `The file does not fit this network: it has ${ofAll}. ${otherNetwork}`,
  };
}
