import { recipeSchema } from '../../../electron/contract/recipe.ts';
import type {
  ClassScores,
  Mistake,
  ModelResult,
  RunResult,
  Scores,
} from '../../../electron/contract/result.ts';
import type { Role } from '../../../electron/contract/run.ts';
import type { ReportData } from '../../../electron/engine/export/report/data.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import type { MetricsEvent } from '../../../electron/engine/run-folder/metrics.ts';
import { epochEvent, stepEvent } from '../../support/run-events.ts';

/** A run that never was, with figures of a likely size: nothing is computed, everything agrees with itself. */

const hitRate: Record<Role, number> = { teacher: 0.972, student: 0.956, baseline: 0.94 };
const roles = ['teacher', 'student', 'baseline'] as const;

function confusionOf(role: Role, classes: number, seen: (id: number) => boolean): number[][] {
  const draw = random(7, 'confusion', role);
  return Array.from({ length: classes }, (_, label) => {
    const row = new Array<number>(classes).fill(0);
    const favourite = draw.integer(classes);
    const rate = (seen(label) ? hitRate[role] : 0.4) - 0.08 * draw.float() ** 3;
    for (let image = 0; image < 30 + draw.integer(330); image++) {
      const answer = draw.float() < rate ? label : draw.float() < 0.7 ? favourite : draw.integer(classes);
      row[answer]! += 1;
    }
    return row;
  });
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function perClassOf(matrix: number[][], names: readonly string[]): ClassScores[] {
  return names.map((name, id) => {
    const hits = matrix[id]![id]!;
    const support = sum(matrix[id]!);
    const precision = hits / Math.max(1, sum(matrix.map((row) => row[id]!)));
    const recall = hits / support;
    return {
      id,
      name,
      precision,
      recall,
      f1: (2 * precision * recall) / Math.max(1e-9, precision + recall),
      support,
    };
  });
}

function scoresOf(matrix: number[][], perClass: readonly ClassScores[]): Scores {
  const n = sum(matrix.map(sum));
  const accuracy = sum(matrix.map((row, id) => row[id]!)) / n;
  return {
    n,
    accuracy,
    top5: 1 - (1 - accuracy) / 8,
    f1Weighted: sum(perClass.map(({ f1, support }) => f1 * support)) / n,
    f1Macro: sum(perClass.map(({ f1 }) => f1)) / perClass.length,
    logLoss: (1 - accuracy) * 3.17,
    ece: (1 - accuracy) / 4,
  };
}

function mistakesOf(matrix: number[][], role: Role): Mistake[] {
  const draw = random(7, 'mistakes', role);
  const all = matrix.flatMap((row, label) =>
    row.flatMap((count, predicted) =>
      label === predicted
        ? []
        : Array.from({ length: count }, (_, index): Mistake => {
            const others = draw.shuffled(
              matrix.map((_, id) => id).filter((id) => id !== predicted && id !== label),
            );
            const ids = [predicted, ...(draw.float() < 0.8 ? [label] : []), ...others].slice(0, 5);
            const first = 0.4 + 0.6 * draw.float();
            const key = `Final_Test/Images/${String(label).padStart(5, '0')}_${predicted}_${index}.ppm`;
            return {
              key,
              label,
              top5: ids.map((id, rank) => ({
                id,
                probability: rank === 0 ? first : (1 - first) / 2 ** (rank + 1),
              })),
            };
          }),
    ),
  );
  return all.sort((a, b) => b.top5[0]!.probability - a.top5[0]!.probability).slice(0, 60);
}

function metricsOf(role: Role, epochs: number): MetricsEvent[] {
  const draw = random(7, 'curves', role);
  const distilled = role === 'student';
  const events: MetricsEvent[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (let step = 20; step <= 100; step += 20) {
      const t = (epoch - 1 + step / 100) / epochs;
      const rate =
        t < 0.25
          ? 0.5 - 0.5 * Math.cos((Math.PI * t) / 0.25)
          : 0.5 + 0.5 * Math.cos((Math.PI * (t - 0.25)) / 0.75);
      events.push(
        stepEvent({
          role,
          epoch,
          epochs,
          step,
          steps: 100,
          learningRate: 3e-3 * (0.04 + 0.96 * rate),
        }),
      );
    }
    const at = (noise: number, floor: number) => {
      const error = floor + 0.9 * Math.exp((-4 * epoch) / epochs) * (1 + noise * (draw.float() - 0.5));
      const scale = distilled ? 4.2 : 1;
      return {
        loss: 3.4 * error * scale,
        labelLoss: 3.4 * error,
        termLosses: distilled ? [3.5 * error] : [],
        accuracy: 1 - error,
        top5: 1 - error / 6,
        f1Weighted: 1 - error,
        f1Macro: 1 - 1.1 * error,
      };
    };
    events.push(
      epochEvent({
        role,
        epoch,
        epochs,
        train: at(0.05, 0.05),
        validation: at(0.25, 1 - hitRate[role]),
      }),
    );
  }
  return events;
}

export interface FakeOptions {
  /** The first classes are left out of training. */
  unseen?: number;
  baseline?: boolean;
}

/** A report's data over these classes; no images, which the caller may put in. */
export function fakeReport(
  names: readonly string[],
  { unseen = 0, baseline = true }: FakeOptions = {},
): ReportData {
  const isSeen = (id: number) => id >= unseen;
  const confusion = {
    teacher: confusionOf('teacher', names.length, isSeen),
    student: confusionOf('student', names.length, isSeen),
    baseline: confusionOf('baseline', names.length, isSeen),
  };
  const perClass = {
    teacher: perClassOf(confusion.teacher, names),
    student: perClassOf(confusion.student, names),
    baseline: perClassOf(confusion.baseline, names),
  };
  const part = (role: Role, keep: (id: number) => boolean): Scores | null =>
    unseen === 0
      ? null
      : scoresOf(
          confusion[role].map((row, id) => (keep(id) ? row : row.map(() => 0))),
          perClass[role].filter(({ id }) => keep(id)),
        );
  const model = (
    role: Role,
    size: Pick<ModelResult, 'architecture' | 'parameters' | 'macs' | 'bytes' | 'latencyMs'>,
  ): ModelResult => ({
    ...size,
    bestEpoch: role === 'teacher' ? 9 : 28,
    trainingSeconds: role === 'teacher' ? 1312.4 : 641.7,
    imagesPerSecond: role === 'teacher' ? 163.2 : 1240.9,
    test: scoresOf(confusion[role], perClass[role]),
    seen: part(role, isSeen),
    unseen: part(role, (id) => !isSeen(id)),
    validation: { ...scoresOf(confusion[role], perClass[role]), n: 2640 },
  });
  const small = {
    architecture: 'cifar_resnet8',
    parameters: 64_212,
    macs: 3_412_736,
    bytes: 259_544,
    latencyMs: 0.412,
  };
  const total = sum(confusion.student.map(sum));
  const result: RunResult = {
    version: 1,
    name: 'Signs at 32 px',
    startedAt: '2026-05-03T07:05:07.000Z',
    finishedAt: '2026-05-03T07:47:31.000Z',
    backend: 'onnxruntime 1.30.0, 2 threads',
    classes: names.map((name, id) => ({ id, name, seen: isSeen(id) })),
    dataset: {
      path: '/home/someone/data/gtsrb',
      format: 'gtsrb',
      fingerprint: '5f0c2a9b'.repeat(8),
      train: 10_740,
      validation: 2640,
      test: total,
    },
    models: {
      teacher: model('teacher', {
        architecture: 'cifar_resnet14',
        parameters: 701_675,
        macs: 98_234_112,
        bytes: 2_815_372,
        latencyMs: 2.31,
      }),
      student: model('student', small),
      baseline: baseline ? model('baseline', small) : null,
    },
    comparison: baseline
      ? {
          mcnemarP: 0.000312,
          onlyStudent: 143,
          onlyBaseline: 86,
          verdict: 'better',
          agreement: 0.9581,
          sentence:
            'The distilled student is better than the same network without a teacher: 95.4 % against 93.9 % on 6,315 test images (McNemar p = 0.0003).',
        }
      : {
          mcnemarP: null,
          onlyStudent: null,
          onlyBaseline: null,
          verdict: 'no baseline',
          agreement: 0.9581,
          sentence: 'No baseline was trained.',
        },
    perClass: { ...perClass, baseline: baseline ? perClass.baseline : null },
    confusion: { ...confusion, baseline: baseline ? confusion.baseline : null },
    mistakes: {
      teacher: mistakesOf(confusion.teacher, 'teacher'),
      student: mistakesOf(confusion.student, 'student'),
      baseline: baseline ? mistakesOf(confusion.baseline, 'baseline') : null,
    },
    tta: roles
      .filter((role) => baseline || role !== 'baseline')
      .flatMap((role) =>
        [0, 2, 5, 10, 20].map((count) => ({
          role,
          count,
          beta: 0.25,
          accuracy: hitRate[role] + 0.012 * (1 - Math.exp(-count / 4)),
          f1Weighted: hitRate[role],
          logLoss: 0.11,
          msPerImage: (role === 'teacher' ? 1.3 : 0.17) * (count + 1),
        })),
      ),
  };
  const recipe = recipeSchema.parse({
    version: 2,
    name: result.name,
    data: {
      trainClasses: unseen === 0 ? 'all' : names.map((_, id) => id).filter(isSeen),
      image: { size: 32 },
    },
    teacher: {
      source: 'train',
      model: { architecture: 'cifar_resnet14', width: 32, stem: 'small' },
      training: { stages: [{ epochs: 10, learningRate: 3e-3 }] },
    },
    student: {
      model: { architecture: 'cifar_resnet8', width: 14, stem: 'small-stride2' },
      training: {
        stages: [
          { epochs: 1, freezeTo: -1 },
          { epochs: 29, learningRate: [1e-4, 3e-3] },
        ],
      },
    },
    distillation: { preset: 'hinton' },
    baseline,
    evaluation: { tta: { counts: [0, 2, 5, 10, 20] } },
  });
  return {
    result,
    recipe,
    metrics: [
      ...metricsOf('teacher', 10),
      ...metricsOf('student', 30),
      ...(baseline ? metricsOf('baseline', 30) : []),
    ],
    importReport: {
      path: result.dataset.path,
      format: 'gtsrb',
      fingerprint: result.dataset.fingerprint,
      classes: names.map((name, id) => ({
        id,
        name,
        train: 300,
        tracks: 10,
        validation: 0,
        test: perClass.student[id]!.support,
      })),
      train: { images: 13_380, tracks: 446, sides: { min: 15, median: 43, max: 250 } },
      validation: { images: 0, tracks: 0, sides: { min: 0, median: 0, max: 0 } },
      test: { images: total, tracks: 0, sides: { min: 32, median: 32, max: 32 } },
      reading: { parts: [], table: null, notes: [] },
      leaks: [],
      skipped: [
        ...Array.from({ length: 230 }, (_, index) => ({
          file: `00004/copy_${index}.ppm`,
          reason: 'duplicate' as const,
          detail: `same content as 00001/${index}.ppm`,
        })),
        { file: '00007/00003_00011.ppm', reason: 'unreadable' as const, detail: 'not a P6 header' },
      ],
    },
    mistakeImages: {},
    version: '0.1.0',
  };
}
