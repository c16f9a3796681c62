import path from 'node:path';
import { z } from 'zod';
import type { ErrorValue } from '../../contract/errors.ts';
import type { RunSummary } from '../../contract/library.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Role } from '../../contract/result.ts';
import { readJson } from '../files.ts';
import { filesBelow, sumOfBytes } from '../folder-size.ts';
import { folderTime } from './naming.ts';
import type { Outcome, RunRecord } from './record.ts';
import { isActive } from './states.ts';

const modelSchema = z.object({
  architecture: z.string(),
  test: z.object({ accuracy: z.number().nullable() }),
});
type JudgedModel = z.output<typeof modelSchema>;
const resultSchema = z.object({
  models: z.object({ teacher: modelSchema, student: modelSchema, baseline: modelSchema.nullable() }),
});

const nothingReached: Record<Role, number | null> = { teacher: null, student: null, baseline: null };

export function outcomeOf(
  models: Record<'teacher' | 'student', JudgedModel> & { baseline: JudgedModel | null },
): Outcome {
  const { teacher, student, baseline } = models;
  return {
    accuracy: {
      teacher: teacher.test.accuracy,
      student: student.test.accuracy,
      baseline: baseline?.test.accuracy ?? null,
    },
    teacher: teacher.architecture,
  };
}

/** Of a run whose record does not tell; whatever else is wrong with the file does not matter here. */
async function readOutcome(folder: string): Promise<Outcome | null> {
  const value = await readJson(path.join(folder, 'result.json')).catch(() => null);
  const parsed = resultSchema.safeParse(value);
  return parsed.success ? outcomeOf(parsed.data.models) : null;
}

/** What a list shows of a run: its record and recipe, as they were read, and a look at its files. Never throws. */
export async function summarise(folder: string, record: RunRecord, recipe: Recipe): Promise<RunSummary> {
  const files = await filesBelow(folder);
  const find = (...parts: string[]) => files.find((file) => file.path === path.join(folder, ...parts));
  const outcome = record.outcome ?? (find('result.json') ? await readOutcome(folder) : null);
  const progressed = isActive(record.state) ? (find('metrics.jsonl')?.changed ?? 0) : 0;
  const { teacher, student } = recipe;
  return {
    folder,
    name: record.name,
    state: record.state,
    startedAt: record.startedAt,
    updatedAt: new Date(Math.max(Date.parse(record.updatedAt), progressed)).toISOString(),
    error: record.error,
    accuracy: outcome?.accuracy ?? nothingReached,
    architectures: {
      teacher: 'model' in teacher ? teacher.model.architecture : (outcome?.teacher ?? null),
      student: student.model.architecture,
    },
    studentBytes: find('weights', 'student.safetensors')?.bytes ?? null,
    bytes: sumOfBytes(files),
    dataset: record.dataPath ?? recipe.data.path,
  };
}

const fragmentSchema = z.object({ model: z.object({ architecture: z.string() }) });
const architectureOf = (value: unknown): string | null => {
  const parsed = fragmentSchema.safeParse(value);
  return parsed.success ? parsed.data.model.architecture : null;
};

/** The same for a run whose record or recipe cannot be read: what its files still tell. Never throws. */
export async function summariseDamaged(folder: string, error: ErrorValue): Promise<RunSummary> {
  const [files, time, recipe] = await Promise.all([
    filesBelow(folder),
    folderTime(folder),
    readJson(path.join(folder, 'recipe.json')).catch(() => null),
  ]);
  const known = z.record(z.string(), z.unknown()).safeParse(recipe).data;
  return {
    folder,
    name: path.basename(folder),
    state: 'failed',
    startedAt: time,
    updatedAt: time,
    error,
    accuracy: nothingReached,
    architectures: {
      teacher: architectureOf(known?.['teacher']),
      student: architectureOf(known?.['student']) ?? 'unknown',
    },
    studentBytes:
      files.find((file) => file.path === path.join(folder, 'weights', 'student.safetensors'))?.bytes ?? null,
    bytes: sumOfBytes(files),
    dataset: null,
  };
}
