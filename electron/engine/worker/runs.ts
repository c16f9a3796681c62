import type { ComputingHandlers } from '../../contract/services.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { compareRuns } from '../trained/compare-runs.ts';
import { evaluateRun } from '../trained/evaluate.ts';
import { exportOf } from '../trained/export.ts';
import { classImages, confusedImages, runEvaluation } from '../trained/run-evaluation.ts';
import { predictImages } from '../trained/predict.ts';
import { runUnseen } from '../trained/run-unseen.ts';

export const runsHandlers = (isBusy: () => boolean): ComputingHandlers['runs'] => ({
  evaluation: runEvaluation,
  unseen: runUnseen,
  confused: confusedImages,
  classImages,
  compare: compareRuns,
  evaluate: async ({ folder, ...input }, context) =>
    evaluateRun(await RunFolder.open(folder), input, context),
  predict: async ({ folder, ...input }, context) =>
    predictImages(await RunFolder.open(folder), input, context),
  export: (input, context) => exportOf(input, context, isBusy),
});
