import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import { DistillError } from '../../../contract/errors.ts';
import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import type { Model, ParameterKind } from '../model.ts';
import { describeNetwork, identifyNetwork } from './identify.ts';
import { fromTorch } from './layout.ts';
import { describeReport, type FileShapes, fitOf, matchTensors, type WeightsReport } from './match.ts';
import type { TensorMap } from './tensor-data.ts';

/** strict: everything must match, as in load_state_dict. lenient: what matches is taken, a head of another size is not. */
export type WeightsPolicy = 'strict' | 'lenient';

interface Slot {
  kind: ParameterKind;
  variable: Variable;
}

function slotsOf(model: Model): Map<string, Slot> {
  const buffers = model.buffers.map(({ name, variable }) => ({ name, variable, kind: 'norm' as const }));
  return new Map(
    [...model.parameters, ...buffers].map(({ name, kind, variable }) => [name, { kind, variable }]),
  );
}

/** What to do about a file that does not fit. */
function remedy(weights: FileShapes): string {
  const network = identifyNetwork(weights);
  if (network) return `By its shapes the file is ${describeNetwork(network)}: set these.`;
  if (weights.has('1.8.bias') || [...weights.keys()].some((name) => name.endsWith('.1.8.bias')))
    return "This is fastai 1's head, whose linear layers have biases; save the network with fastai 2.";
  return 'Set the architecture, width, stem, head and number of classes that the weights were trained with.';
}

/** Throws WEIGHTS_MISMATCH where the policy is strict and anything differs, or where hardly anything matches. */
export function requireFit(
  report: WeightsReport,
  { recipe, classes }: { recipe: ModelRecipe; classes: number },
  policy: WeightsPolicy,
  weights: FileShapes,
  file: string | null,
): void {
  const fit = fitOf(report, recipe);
  if (fit === 'whole' || (policy === 'lenient' && fit !== 'little')) return;
  throw new DistillError(
    'WEIGHTS_MISMATCH',
    `The weights${file === null ? '' : ` in "${file}"`} do not fit ${recipe.architecture} with ${classes} classes: ${describeReport(report)}.`,
    remedy(weights),
  );
}

/**
 * Copies weights in PyTorch's layout into a model, whatever prefix or naming they have, and reports what fitted. Throws as
 * requireFit does, and then changes nothing. `file`: where they come from, to be named in the error.
 */
export function applyWeights(
  model: Model,
  weights: TensorMap,
  policy: WeightsPolicy = 'strict',
  file: string | null = null,
): WeightsReport {
  const report = matchTensors(model.recipe, model.classes, weights);
  requireFit(report, model, policy, weights, file);
  const slots = slotsOf(model);
  for (const name of report.matched) {
    const { kind, variable } = slots.get(name)!;
    const data = fromTorch(kind, variable.shape, weights.get(report.adopted.names.get(name)!)!.data);
    tf.tidy(() => variable.assign(tf.tensor(data, variable.shape, 'float32')));
  }
  return report;
}
