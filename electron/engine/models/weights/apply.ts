import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import { DistillError } from '../../../contract/errors.ts';
import type { ModelRecipe } from '../../../contract/recipe.ts';
import type { Model, ParameterKind } from '../model.ts';
import { fromTorch, torchShape } from './layout.ts';
import type { TensorMap } from './tensor-data.ts';

/** Names and shapes are PyTorch's. */
export interface WeightsReport {
  matched: string[];
  /** In the model only: left as they were. */
  missing: string[];
  /** In the file only: ignored. */
  unexpected: string[];
  /** In both, of another shape: left as they were. */
  mismatched: { name: string; here: number[]; file: number[] }[];
}

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

const equal = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((side, i) => side === b[i]);

/** How a file's tensors fit a network's: `expected` gives the shape of each of the network's. Names and shapes are PyTorch's. */
export function matchTensors(
  expected: ReadonlyMap<string, number[]>,
  weights: ReadonlyMap<string, { shape: number[] }>,
): WeightsReport {
  const report: WeightsReport = { matched: [], missing: [], unexpected: [], mismatched: [] };
  for (const [name, here] of expected) {
    const tensor = weights.get(name);
    if (!tensor) report.missing.push(name);
    else if (equal(here, tensor.shape)) report.matched.push(name);
    else report.mismatched.push({ name, here, file: tensor.shape });
  }
  // A counter that PyTorch keeps for batch norms without momentum; nothing here reads it.
  report.unexpected = [...weights.keys()].filter(
    (name) => !expected.has(name) && !name.endsWith('.num_batches_tracked'),
  );
  return report;
}

/** One sentence for people, e.g. '120 of 122 tensors match; another shape: fc.weight (43x512 here, 1000x512 in the file)'. */
export function describeReport({ matched, missing, unexpected, mismatched }: WeightsReport): string {
  const list = (title: string, items: string[]) =>
    items.length === 0
      ? []
      : [
          `${title}: ${items.slice(0, 4).join(', ')}${items.length > 4 ? ` and ${items.length - 4} more` : ''}`,
        ];
  return [
    `${matched.length} of ${matched.length + missing.length + mismatched.length} tensors match`,
    ...list('missing in the file', missing),
    ...list('unknown to the model', unexpected),
    ...list(
      'of another shape',
      mismatched.map(
        ({ name, here, file }) => `${name} (${here.join('x')} here, ${file.join('x')} in the file)`,
      ),
    ),
  ].join('; ');
}

/** Throws WEIGHTS_MISMATCH where the policy is strict and anything differs, or where nothing at all matches. */
export function requireFit(
  report: WeightsReport,
  { recipe, classes }: { recipe: ModelRecipe; classes: number },
  policy: WeightsPolicy,
  file: string | null,
): void {
  const differs = report.missing.length + report.unexpected.length + report.mismatched.length > 0;
  if (report.matched.length > 0 && !(policy === 'strict' && differs)) return;
  throw new DistillError(
    'WEIGHTS_MISMATCH',
    `The weights${file === null ? '' : ` in "${file}"`} do not fit ${recipe.architecture} with ${classes} classes: ${describeReport(report)}.`,
    'Set the architecture, width, stem, head and number of classes that the weights were trained with.',
  );
}

/**
 * Copies weights in PyTorch's names and layout into a model and says what fitted. Throws as requireFit does, and then changes
 * nothing. `file`: where they come from, to be named in the error.
 */
export function applyWeights(
  model: Model,
  weights: TensorMap,
  policy: WeightsPolicy = 'strict',
  file: string | null = null,
): WeightsReport {
  const slots = slotsOf(model);
  const shapes = [...slots].map(
    ([name, slot]) => [name, torchShape(slot.kind, slot.variable.shape)] as const,
  );
  const report = matchTensors(new Map(shapes), weights);
  requireFit(report, model, policy, file);
  for (const name of report.matched) {
    const { kind, variable } = slots.get(name)!;
    const data = fromTorch(kind, variable.shape, weights.get(name)!.data);
    tf.tidy(() => variable.assign(tf.tensor(data, variable.shape, 'float32')));
  }
  return report;
}
