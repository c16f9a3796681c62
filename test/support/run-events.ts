import {
  type EpochEvent,
  type EpochScores,
  type StepEvent,
  stepTable,
} from '../../electron/contract/metrics.ts';
import { type StepMetrics, stepMetricNames, stepMetrics } from '../../electron/contract/step-metrics.ts';

/** No figure of any metric, whatever the table has. */
const nothing = Object.fromEntries(
  stepMetricNames.map((name) => [name, stepMetrics[name].per === 'term' ? [] : 0]),
) as unknown as StepMetrics;

/** A step of a student with no loss, except for what is given. */
export const stepEvent = (given: Partial<StepEvent> = {}): StepEvent => ({
  type: 'step',
  role: 'student',
  epoch: 1,
  epochs: 10,
  stage: 0,
  step: 1,
  steps: 10,
  ...nothing,
  etaEpochSeconds: null,
  etaRunSeconds: null,
  ...given,
});

export const epochScores = (given: Partial<EpochScores> = {}): EpochScores => ({
  loss: 1,
  labelLoss: 1,
  termLosses: [],
  accuracy: 0.5,
  top5: 1,
  f1Weighted: 0.5,
  f1Macro: 0.5,
  ...given,
});

export const epochEvent = (given: Partial<EpochEvent> = {}): EpochEvent => ({
  type: 'epoch',
  role: 'student',
  epoch: 1,
  epochs: 10,
  stage: 0,
  train: epochScores(),
  validation: epochScores(),
  best: true,
  imagesPerSecond: 100,
  waitShare: 0,
  memoryBytes: 1e9,
  seconds: 60,
  etaRunSeconds: null,
  ...given,
});

/** Columns of these steps, which count over all epochs. */
export const tableOfSteps = (
  steps: readonly number[],
  stepsPerEpoch: number,
  given: (index: number) => Partial<StepMetrics> = () => ({}),
) =>
  stepTable(
    steps.map((at, index) => {
      const epoch = Math.ceil(at / stepsPerEpoch);
      return stepEvent({
        epoch,
        step: at - (epoch - 1) * stepsPerEpoch,
        steps: stepsPerEpoch,
        ...given(index),
      });
    }),
  );
