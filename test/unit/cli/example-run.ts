import type { RunEvent } from '../../../electron/contract/events.ts';
import type { ModelResult, RunResult, Scores } from '../../../electron/contract/result.ts';
import { epochEvent, epochScores, stepEvent } from '../../support/run-events.ts';

const scores = (accuracy: number): Scores => ({
  n: 6315,
  accuracy,
  top5: 0.999,
  f1Weighted: accuracy - 0.001,
  f1Macro: accuracy - 0.01,
  logLoss: 0.1234,
  ece: 0.0123,
});

const model = (architecture: string, parameters: number, accuracy: number): ModelResult => ({
  architecture,
  parameters,
  macs: parameters * 60,
  bytes: parameters * 4,
  latencyMs: 3.2,
  bestEpoch: 9,
  trainingSeconds: 725,
  imagesPerSecond: 412,
  test: scores(accuracy),
  seen: null,
  unseen: null,
  validation: null,
});

export const result: RunResult = {
  version: 1,
  name: 'example',
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:12:05.000Z',
  backend: 'onnxruntime',
  classes: [{ id: 0, name: 'Stop', seen: true }],
  dataset: { path: '/d', format: 'gtsrb', fingerprint: 'f', train: 100, validation: 20, test: 6315 },
  models: {
    teacher: model('cifar_resnet14', 11_181_642, 0.98314),
    student: model('cifar_resnet8', 64_190, 0.9712),
    baseline: model('cifar_resnet8', 64_190, 0.9603),
  },
  comparison: {
    mcnemarP: 0.001,
    onlyStudent: 120,
    onlyBaseline: 51,
    verdict: 'better',
    sentence: 'The student is better than its baseline (p = 0.001).',
    agreement: 0.975,
  },
  perClass: { teacher: [], student: [], baseline: [] },
  confusion: { teacher: [[1]], student: [[1]], baseline: [[1]] },
  mistakes: { teacher: [], student: [], baseline: [] },
  tta: [
    {
      role: 'student',
      count: 5,
      beta: 0.1,
      accuracy: 0.98,
      f1Weighted: 0.979,
      logLoss: 0.1,
      msPerImage: 16.2,
    },
  ],
};

const train = epochScores({ loss: 0.5, labelLoss: 0.4, accuracy: 0.951, f1Macro: 0.94 });

/** One event of each kind, as a run would tell them. */
export const events: RunEvent[] = [
  { type: 'state', state: 'running', error: null },
  { type: 'phase', phase: 'teacher', index: 1, count: 6 },
  { type: 'progress', phase: 'import', done: 10, total: 20, etaSeconds: 4 },
  { type: 'remaining', seconds: 725, reason: null },
  stepEvent({
    role: 'teacher',
    epoch: 2,
    step: 5,
    steps: 50,
    loss: 1.25,
    labelLoss: 1.25,
    learningRate: 1e-3,
    momentum: 0.9,
    imagesPerSecond: 411.6,
    waitShare: 0.01,
    etaEpochSeconds: 12,
    etaRunSeconds: 725,
  }),
  epochEvent({
    role: 'teacher',
    epoch: 2,
    train,
    validation: { ...train, accuracy: 0.9631 },
    imagesPerSecond: 411.6,
    waitShare: 0.01,
    memoryBytes: 812e6,
    seconds: 12.4,
    etaRunSeconds: 700,
  }),
  { type: 'log', level: 'warn', message: 'Two images were skipped.' },
];
