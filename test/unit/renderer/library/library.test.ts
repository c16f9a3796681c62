import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../../electron/contract/library.ts';
import { recipeSchema } from '../../../../electron/contract/recipe.ts';
import { recipeDifferences } from '../../../../renderer/views/library/recipe-differences.ts';
import { filterRuns, nextSorting, sortRuns } from '../../../../renderer/views/library/run-list.ts';

const run = (name: string, changes: Partial<RunSummary> = {}): RunSummary => ({
  folder: `/runs/${name}`,
  name,
  state: 'completed',
  startedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  error: null,
  accuracy: { teacher: null, student: null, baseline: null },
  architectures: { teacher: 'resnet34', student: 'resnet18' },
  studentBytes: null,
  bytes: 1,
  dataset: '/data/GTSRB',
  ...changes,
});
const names = (runs: RunSummary[]) => runs.map(({ name }) => name);
const student = (accuracy: number | null) => ({
  accuracy: { teacher: null, student: accuracy, baseline: null },
});

describe('the list of runs', () => {
  it('is found by every word, wherever it stands', () => {
    const runs = [run('alpha'), run('beta', { dataset: null }), run('gamma', { state: 'failed' })];
    expect(names(filterRuns(runs, 'gtsrb RESNET34', 'all'))).toEqual(['alpha', 'gamma']);
    expect(names(filterRuns(runs, 'resnet34', 'resumable'))).toEqual(['gamma']);
    expect(names(filterRuns(runs, 'nothing', 'all'))).toEqual([]);
  });

  it('keeps what has no figure at the end, whichever way it is sorted', () => {
    const runs = [run('none', student(null)), run('low', student(0.1)), run('high', student(0.9))];
    expect(names(sortRuns(runs, { key: 'student', descending: true }))).toEqual(['high', 'low', 'none']);
    expect(names(sortRuns(runs, { key: 'student', descending: false }))).toEqual(['low', 'high', 'none']);
  });

  it('sorts numbers in names as numbers, and equals newest first', () => {
    expect(names(sortRuns([run('r10'), run('r9')], { key: 'name', descending: false }))).toEqual([
      'r9',
      'r10',
    ]);
    const older = run('older');
    const newer = run('newer', { startedAt: '2026-02-01T00:00:00.000Z' });
    expect(names(sortRuns([older, newer], { key: 'bytes', descending: false }))).toEqual(['newer', 'older']);
  });

  it('turns around at the second click, and begins figures with the largest', () => {
    const first = nextSorting({ key: 'name', descending: false }, 'student');
    expect(first).toEqual({ key: 'student', descending: true });
    expect(nextSorting(first, 'student').descending).toBe(false);
    expect(nextSorting(first, 'name').descending).toBe(false);
  });
});

describe('differences of recipes', () => {
  const base = {
    version: 1,
    name: 'a',
    teacher: { source: 'train', model: { architecture: 'resnet34' } },
    student: { model: { architecture: 'resnet18' } },
  };

  it('names fields, stages counted from one, and says where there is none', () => {
    const one = recipeSchema.parse(base);
    const two = recipeSchema.parse({
      ...base,
      name: 'b',
      data: { trainClasses: [1, 2] },
      student: {
        model: { architecture: 'resnet18' },
        training: { stages: [{ epochs: 10 }, { epochs: 2, learningRate: [1e-5, 1e-3] }] },
      },
    });
    expect(recipeDifferences([one, two])).toEqual([
      { field: 'data.trainClasses', values: ['all', '1, 2'] },
      { field: 'student.training.stages[2].epochs', values: [undefined, 2] },
      { field: 'student.training.stages[2].freezeTo', values: [undefined, 0] },
      { field: 'student.training.stages[2].learningRate', values: [undefined, '0.00001, 0.001'] },
    ]);
  });

  it('are none between equal recipes of other names', () => {
    expect(recipeDifferences([recipeSchema.parse(base), recipeSchema.parse({ ...base, name: 'c' })])).toEqual(
      [],
    );
  });
});
