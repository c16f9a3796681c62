import type { RunEvaluation, ModelEvaluation } from '../../../../../electron/contract/run-evaluation.ts';

const scores = { n: 30, accuracy: 0, top5: 0, f1Weighted: 0, f1Macro: 0, logLoss: 0, ece: 0 };
const names = ['stop', 'yield', 'bend', 'end'];

function model(f1: number[], confusion: number[][]): ModelEvaluation {
  const perClass = [3, 1, 0].map((id, i) => ({
    ...{ id, name: names[id]!, precision: f1[i]! / 2, recall: f1[i]! },
    ...{ f1: f1[i]!, support: 10 * (i + 1) },
  }));
  return { scores, perClass, confusion, reliability: [], mistakes: [] };
}

/** Classes 3, 1 and 0 of four count, in this order. */
export const evaluation: RunEvaluation = {
  mask: { classes: [3, 1, 0] },
  classes: names.map((name, id) => ({ id, name, seen: id !== 1 })),
  n: 60,
  models: {
    student: model(
      [0.9, 0.2, 0.5],
      [
        [0, 0, 0, 10],
        [12, 8, 0, 0],
        [25, 0, 5, 0],
      ],
    ),
    baseline: model(
      [0.5, 0.4, 0.5],
      [
        [0, 0, 0, 10],
        [0, 20, 0, 0],
        [30, 0, 0, 0],
      ],
    ),
  },
  comparison: {
    mcnemarP: null,
    onlyStudent: null,
    onlyBaseline: null,
    verdict: null,
    sentence: '',
    agreement: null,
  },
  tta: [],
};
