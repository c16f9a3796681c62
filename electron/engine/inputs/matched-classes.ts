import { type ClassOutputs, coveredBy, keepsOrder, some } from '../models/weights/outputs.ts';

/** What a log has of how a teacher's outputs were matched with the dataset's classes. */
export interface MatchRemark {
  level: 'info' | 'warn';
  message: string;
}

/** `known`: number of the teacher's own outputs. null: they are the dataset's classes in its order. */
export function matchRemark(
  dataset: readonly string[],
  outputs: ClassOutputs,
  known: number,
): MatchRemark | null {
  const covered = coveredBy(outputs);
  if (covered !== null) {
    const lacking = dataset.filter((_, id) => outputs[id] === null);
    const message = `The teacher knows ${covered.length} of the dataset's ${dataset.length} classes; terms on logits count for these alone. It lacks ${some(lacking)}.`;
    return { level: 'warn', message };
  }
  if (keepsOrder(outputs, known)) return null;
  const message = `The teacher's outputs are matched with the dataset's classes by name, ${dataset.length} of ${known}.`;
  return { level: 'info', message };
}
