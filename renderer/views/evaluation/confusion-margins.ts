import type { RunEvaluation } from '../../../electron/contract/run-evaluation.ts';

/** Classes up to which names stand on the axes and counts in the cells. */
const mostNamed = 15;

/** Which of the axes have room for names, and whether the cells have room for counts. */
export function roomOf({ classes, mask }: RunEvaluation) {
  const rows = mask.classes.length <= mostNamed;
  const columns = classes.length <= mostNamed;
  // A few names stand side by side; more of them are turned.
  return { rows, columns, counts: rows && columns, turned: columns && classes.length > 5 };
}

/** Pixels around the cells. */
export function confusionMargins(evaluation: RunEvaluation) {
  const { rows, columns, turned } = roomOf(evaluation);
  return { left: rows ? 148 : 56, right: 16, top: 8, bottom: turned ? 118 : columns ? 56 : 48 };
}
