import type { RunEvaluation } from '../../../electron/contract/run-evaluation.ts';

/** A line for each class, to be filled in: its name and 1. */
export const shareLines = (classes: RunEvaluation['classes']): string =>
  classes.map(({ name }) => `${name}, 1`).join('\n');

/** The numbers after each line's last comma; null where they are not one a class, one of them below 0, or all 0. */
export function parseShareLines(text: string, classes: number): number[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const shares = lines.map((line) => {
    const number = line.slice(line.lastIndexOf(',') + 1).trim();
    return number === '' ? NaN : Number(number);
  });
  const fit = shares.length === classes && shares.every((share) => Number.isFinite(share) && share >= 0);
  return fit && shares.some((share) => share > 0) ? shares : null;
}
