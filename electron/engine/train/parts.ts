import { DistillError } from '../../contract/errors.ts';
import type { Objective } from '../distill/objective.ts';
import type { Model } from '../models/model.ts';
import type { Checkpoint } from './checkpoint.ts';
import { modelVariables, readVariables, writeVariables, type Tensors } from './snapshot.ts';
import type { Stateful } from './stateful.ts';

/** The model's weights and running statistics as a part of a checkpoint. */
export function modelPart(model: Model): Stateful {
  return {
    key: 'model',
    save: async () => ({ values: null, tensors: await readVariables(modelVariables(model)) }),
    load: (saved) => writeVariables(modelVariables(model), saved.tensors),
  };
}

/** The adapters as a part of a checkpoint; none where the objective has none, so that such checkpoints are as they always were. */
export const adapterParts = ({ parameters }: Pick<Objective, 'parameters'>): Stateful[] =>
  parameters.length === 0
    ? []
    : [
        {
          key: 'adapters',
          save: async () => ({ values: null, tensors: await readVariables(parameters) }),
          load: (saved) => writeVariables(parameters, saved.tensors),
        },
      ];

/** One checkpoint of all parts; a tensor's name is its part's key, a slash and its name there. */
export async function saveParts(parts: readonly Stateful[]): Promise<Checkpoint> {
  const checkpoint: Checkpoint = { values: {}, tensors: new Map() };
  for (const part of parts) {
    const { values, tensors } = await part.save();
    checkpoint.values[part.key] = values;
    for (const [name, tensor] of tensors) checkpoint.tensors.set(`${part.key}/${name}`, tensor);
  }
  return checkpoint;
}

function tensorsOf(checkpoint: Checkpoint, key: string): Tensors {
  const start = `${key}/`;
  const own = [...checkpoint.tensors].filter(([name]) => name.startsWith(start));
  return new Map(own.map(([name, tensor]) => [name.slice(start.length), tensor]));
}

/** @throws DistillError RUN_CORRUPT, or what a part throws where the checkpoint is not its own. */
export function loadParts(parts: readonly Stateful[], checkpoint: Checkpoint): void {
  for (const part of parts) {
    try {
      part.load({ values: checkpoint.values[part.key], tensors: tensorsOf(checkpoint, part.key) });
    } catch (cause) {
      if (cause instanceof DistillError) throw cause;
      throw new DistillError(
        'RUN_CORRUPT',
        `The checkpoint's part "${part.key}" cannot be read.`,
        'Start the run again: the checkpoint is from another version of the program.',
        { cause },
      );
    }
  }
}
