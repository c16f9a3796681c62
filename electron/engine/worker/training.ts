import type { ComputingHandlers } from '../../contract/services.ts';
import { estimateRun } from '../estimate/estimate-run.ts';
import { findRate } from '../run/find-learning-rate.ts';

export const trainingHandlers: ComputingHandlers['training'] = {
  findLearningRate: findRate,
  estimate: estimateRun,
};
