import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { requireFit, type WeightsPolicy } from '../models/weights/apply.ts';
import { openWeights, type WeightsFile } from '../models/weights/load.ts';
import { describeReport, fitOf, matchTensors, type WeightsReport } from '../models/weights/match.ts';
import { checkNumbers } from '../models/weights/numbers.ts';
import { checkedWeights, type NamedWeights } from './named-weights.ts';

export interface GivenWeights extends WeightsFile {
  report: WeightsReport;
}

/**
 * Checks a weights file that somebody gave before anything is made of it: that it fits, and that its numbers are numbers. Throws
 * what requireFit throws; WEIGHTS_CORRUPT for NaN and the like.
 */
export function checkGiven(
  found: WeightsFile,
  file: string,
  network: { recipe: ModelRecipe; classes: number },
  policy: WeightsPolicy,
): GivenWeights {
  const report = matchTensors(network.recipe, network.classes, found.tensors);
  requireFit(report, network, policy, found.tensors, file);
  checkNumbers(report, found.tensors, file);
  return { ...found, report };
}

/** Weights that a training begins with, and what they are called. */
export interface StartWeights extends GivenWeights {
  named: NamedWeights;
}

/**
 * Weights that a training begins with, by what a recipe names: what fits is taken, such as a body with another head. Throws as
 * checkedWeights, openWeights and checkGiven do.
 */
export async function openStart(
  weights: string,
  recipe: ModelRecipe,
  classes: number,
): Promise<StartWeights> {
  const named = await checkedWeights(weights);
  const { file } = named;
  return { ...checkGiven(await openWeights(file), file, { recipe, classes }, 'lenient'), named };
}

const inside = ({ container }: WeightsFile): string => (container === null ? '' : `, under "${container}"`);

/** What a teacher was read from, in a sentence. */
export const teacherSentence = (file: string, given: GivenWeights): string =>
  `The teacher is from ${file}${inside(given)}: ${describeReport(given.report)}.`;

/** What a training begins with, in a sentence. */
export function startSentence(
  role: string,
  recipe: ModelRecipe,
  given: StartWeights,
): { level: 'info' | 'warn'; message: string } {
  const { report } = given;
  const { matched, missing, mismatched } = report;
  const fit = fitOf(report, recipe);
  const count = `${matched.length} of ${matched.length + missing.length + mismatched.length} tensors`;
  const rest = {
    whole: '',
    body: ' The classifier does not fit and begins with random weights.',
    part: ' The others begin with random weights: the file is of another network.',
    little: '',
  }[fit];
  return {
    level: fit === 'part' ? 'warn' : 'info',
    message: `The ${role} starts from ${count} of ${given.named.name}${inside(given)}.${rest} ${describeReport(report)}.`,
  };
}
