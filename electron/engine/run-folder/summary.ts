import { ensembleNetwork, onnxNetwork } from '../../contract/architectures.ts';
import path from 'node:path';
import { z } from 'zod';
import { noAnnotation } from '../../contract/annotation.ts';
import type { ErrorValue } from '../../contract/errors.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { isActive, type Role } from '../../contract/run.ts';
import { verdicts } from '../../contract/result.ts';
import { readJson } from '../../platform/files.ts';
import { filesBelow, sumOfBytes } from '../../platform/folder-size.ts';
import { annotationFile, readAnnotation } from './annotation.ts';
import { withoutStale } from './leftovers.ts';
import { folderTime } from './naming.ts';
import { type Outcome, rangeSchema, type RunRecord } from './record.ts';

const modelSchema = z.object({
  architecture: z.string(),
  parameters: z.number().nullable().catch(null),
  latencyMs: z.number().nullable().catch(null),
  latencyRange: rangeSchema.optional().catch(null),
  test: z.object({ accuracy: z.number().nullable() }),
});
const resultSchema = z.object({
  models: z.object({ teacher: modelSchema, student: modelSchema, baseline: modelSchema.nullable() }),
  comparison: z
    .object({ verdict: z.enum(verdicts) })
    .nullable()
    .catch(null),
});
type EvaluatedRun = z.output<typeof resultSchema>;

const nothingReached: Record<Role, number | null> = { teacher: null, student: null, baseline: null };

/** What stands for a teacher's network that is none of this program's. */
const namedNetworks: Partial<Record<Recipe['teacher']['source'], string>> = {
  onnx: onnxNetwork,
  ensemble: ensembleNetwork,
};

/** JSON has no NaN. */
const figure = (value: number | null): number | null => (Number.isNaN(value) ? null : value);

export function outcomeOf({ models, comparison }: EvaluatedRun): Outcome {
  const { teacher, student, baseline } = models;
  return {
    accuracy: {
      teacher: teacher.test.accuracy,
      student: student.test.accuracy,
      baseline: baseline?.test.accuracy ?? null,
    },
    teacher: teacher.architecture,
    student:
      student.parameters === null
        ? null
        : {
            parameters: student.parameters,
            latencyMs: figure(student.latencyMs),
            latencyRange: student.latencyRange?.some(Number.isNaN) ? null : (student.latencyRange ?? null),
          },
    verdict: comparison?.verdict ?? null,
  };
}

/** Of a run whose record lacks it; whatever else is wrong with the file does not matter here. */
async function readOutcome(folder: string): Promise<Outcome | null> {
  const value = await readJson(path.join(folder, 'result.json')).catch(() => null);
  const parsed = resultSchema.safeParse(value);
  return parsed.success ? outcomeOf(parsed.data) : null;
}

/** What a list shows of a run: its record and recipe, as they were read, and a look at its files. Never throws. */
export async function summarise(folder: string, record: RunRecord, recipe: Recipe): Promise<RunSummary> {
  const found = await filesBelow(folder);
  // A run at work may be writing just now.
  const files = isActive(record.state) ? found : await withoutStale(found);
  const find = (...parts: string[]) => {
    const wanted = path.join(folder, ...parts);
    return files.find((file) => file.path === wanted);
  };
  // Earlier versions kept less of it in the record.
  const kept = record.outcome?.student ? record.outcome : null;
  const outcome = kept ?? (find('result.json') ? await readOutcome(folder) : record.outcome);
  const annotation = find(annotationFile) ? await readAnnotation(folder) : noAnnotation;
  const progressed = isActive(record.state) ? (find('metrics.jsonl')?.changed ?? 0) : 0;
  const { teacher, student } = recipe;
  return {
    folder,
    name: annotation.name ?? record.name,
    recipeName: record.name,
    annotation,
    state: record.state,
    startedAt: record.startedAt,
    updatedAt: new Date(Math.max(Date.parse(record.updatedAt), progressed)).toISOString(),
    error: record.error,
    accuracy: outcome?.accuracy ?? nothingReached,
    architectures: {
      teacher:
        'model' in teacher
          ? teacher.model.architecture
          : (outcome?.teacher ?? namedNetworks[teacher.source] ?? null),
      student: student.model.architecture,
    },
    student: outcome?.student ?? null,
    verdict: outcome?.verdict ?? null,
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

/** The same for a run whose record or recipe cannot be read: what its files still show. Never throws. */
export async function summariseDamaged(folder: string, error: ErrorValue): Promise<RunSummary> {
  const [files, annotation, time, recipe] = await Promise.all([
    filesBelow(folder),
    readAnnotation(folder),
    folderTime(folder),
    readJson(path.join(folder, 'recipe.json')).catch(() => null),
  ]);
  const known = z.record(z.string(), z.unknown()).safeParse(recipe).data;
  return {
    folder,
    name: annotation.name ?? path.basename(folder),
    recipeName: path.basename(folder),
    annotation,
    state: 'failed',
    startedAt: time,
    updatedAt: time,
    error,
    accuracy: nothingReached,
    architectures: {
      teacher: architectureOf(known?.['teacher']),
      student: architectureOf(known?.['student']) ?? 'unknown',
    },
    student: null,
    verdict: null,
    studentBytes:
      files.find((file) => file.path === path.join(folder, 'weights', 'student.safetensors'))?.bytes ?? null,
    bytes: sumOfBytes(files),
    dataset: null,
  };
}
