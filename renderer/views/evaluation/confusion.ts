import type { Judgement } from '../../../electron/contract/judgement.ts';
import type { Role } from '../../../electron/contract/result.ts';

export interface Cell {
  /** Place among the mask's classes, and class of the answer. */
  row: number;
  predicted: number;
  count: number;
  /** Of the true class's images. */
  share: number;
}

/** The cells that hold images. */
export function confusionCells({ models, mask }: Judgement, role: Role): Cell[] {
  const { confusion } = models[role]!;
  return mask.classes.flatMap((_, row) => {
    const counts = confusion[row] ?? [];
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.flatMap((count, predicted) =>
      count > 0 ? [{ row, predicted, count, share: count / total }] : [],
    );
  });
}

/** Pairs of classes that are taken for each other, most images first. */
export function worstConfusions(judgement: Judgement, role: Role, most = 10) {
  const { classes, mask } = judgement;
  const nameOf = new Map(classes.map(({ id, name }) => [id, name]));
  return confusionCells(judgement, role)
    .map(({ row, predicted, count, share }) => ({ label: mask.classes[row]!, predicted, count, share }))
    .filter(({ label, predicted }) => label !== predicted)
    .sort((a, b) => b.count - a.count || a.label - b.label)
    .slice(0, most)
    .map((pair) => ({
      ...pair,
      labelName: nameOf.get(pair.label) ?? '',
      predictedName: nameOf.get(pair.predicted) ?? '',
    }));
}
