import { readFile } from 'node:fs/promises';
import type { EpochPoint, RunMetrics, StepSeries } from '../../contract/library.ts';
import type { Role } from '../../contract/result.ts';
import { fileError, isSystemError } from '../files.ts';
import { parseMetricsLine, wholeLines, type MetricsLine } from './metrics.ts';

const roles: readonly Role[] = ['teacher', 'student', 'baseline'];
type StepLine = Extract<MetricsLine, { type: 'step' }>;

/** Indices of `count` of `n` things, evenly spread, the first and the last among them; all where there are no more. */
export function evenly(n: number, count: number): number[] {
  if (n <= count) return Array.from({ length: n }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.round((i * (n - 1)) / (count - 1)));
}

/** Lines by kind, told from their text alone: of a hundred thousand steps only those that are kept need to be parsed. */
function sortLines(text: string) {
  const steps: Record<Role, string[]> = { teacher: [], student: [], baseline: [] };
  const epochs: string[] = [];
  for (const line of text.split('\n')) {
    if (line.includes('"type":"epoch"')) epochs.push(line);
    // As MetricsLog writes them; a line that someone wrote another way is left out.
    else if (line.includes('"type":"step"')) {
      const role = roles.find((one) => line.includes(`"role":"${one}"`));
      if (role) steps[role].push(line);
    }
  }
  return { steps, epochs };
}

/** A damaged line costs its point only. */
function parsed<T extends MetricsLine['type']>(
  type: T,
  lines: readonly string[],
): Extract<MetricsLine, { type: T }>[] {
  return lines.flatMap((line) => {
    try {
      const value = parseMetricsLine(line);
      return value.type === type ? [value as Extract<MetricsLine, { type: T }>] : [];
    } catch {
      return [];
    }
  });
}

function seriesOf(role: Role, lines: readonly StepLine[]): StepSeries {
  return {
    role,
    step: lines.map(({ epoch, step, steps }) => (epoch - 1) * steps + step),
    epoch: lines.map(({ epoch, step, steps }) => epoch - 1 + step / steps),
    loss: lines.map(({ loss }) => loss),
    labelLoss: lines.map(({ labelLoss }) => labelLoss),
    distillationLoss: lines.map(({ distillationLoss }) => distillationLoss),
    learningRate: lines.map(({ learningRate }) => learningRate),
    momentum: lines.map(({ momentum }) => momentum),
    imagesPerSecond: lines.map(({ imagesPerSecond }) => imagesPerSecond),
    waitShare: lines.map(({ waitShare }) => waitShare),
  };
}

function pointOf(line: Extract<MetricsLine, { type: 'epoch' }>): EpochPoint {
  const { role, epoch, epochs, stage, train, validation, best } = line;
  const { imagesPerSecond, waitShare, memoryBytes, seconds } = line;
  return {
    role,
    epoch,
    epochs,
    stage,
    train,
    validation,
    best,
    imagesPerSecond,
    waitShare,
    memoryBytes,
    seconds,
  };
}

/**
 * A run's curves out of its metrics.jsonl, at most `maxPoints` steps a role; roles without a step are left out, as is a
 * torn last line, for the file may be written meanwhile. No file: no points. Throws NOT_WRITABLE.
 */
export async function readThinned(file: string, maxPoints: number): Promise<RunMetrics> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return { steps: [], epochs: [], points: 0 };
    throw fileError(thrown, file);
  }
  const { steps, epochs } = sortLines(wholeLines(text));
  return {
    steps: roles
      .filter((role) => steps[role].length > 0)
      .map((role) => {
        const kept = evenly(steps[role].length, maxPoints).map((index) => steps[role][index]!);
        return seriesOf(role, parsed('step', kept));
      }),
    epochs: parsed('epoch', epochs).map(pointOf),
    points: roles.reduce((sum, role) => sum + steps[role].length, 0),
  };
}
