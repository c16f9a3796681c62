import { describe, expect, it } from 'vitest';
import { noAnnotation } from '../../../../../electron/contract/annotation.ts';
import type { RunResult } from '../../../../../electron/contract/result.ts';
import type { RunSummary } from '../../../../../electron/contract/run-summary.ts';
import { recipeSchema } from '../../../../../electron/contract/recipe.ts';
import { recipeDifferences } from '../../../../../renderer/views/library/recipe-differences.ts';
import { partRows } from '../../../../../renderer/views/library/folded-rows.ts';
import { distinctNames } from '../../../../../renderer/views/library/run-names.ts';
import { spreadOf } from '../../../../../renderer/views/library/run-columns.ts';
import { scoreRows } from '../../../../../renderer/views/library/score-rows.ts';
import { filterRuns, nextSorting, sortRuns, tagsOf } from '../../../../../renderer/views/library/run-list.ts';

const run = (name: string, changes: Partial<RunSummary> = {}): RunSummary => ({
  folder: `/runs/${name}`,
  name,
  recipeName: name,
  annotation: noAnnotation,
  state: 'completed',
  startedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  error: null,
  accuracy: { teacher: null, student: null, baseline: null },
  architectures: { teacher: 'resnet34', student: 'resnet18' },
  student: null,
  verdict: null,
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
    // By the name that is shown, too.
    const small = run('small', { architectures: { teacher: null, student: 'cifar_resnet14' } });
    expect(names(filterRuns([...runs, small], 'CIFAR ResNet-14', 'all'))).toEqual(['small']);
  });

  it('keeps what has no figure at the end, whichever way it is sorted', () => {
    const runs = [run('none', student(null)), run('low', student(0.1)), run('high', student(0.9))];
    expect(names(sortRuns(runs, { key: 'student', descending: true }))).toEqual(['high', 'low', 'none']);
    expect(names(sortRuns(runs, { key: 'student', descending: false }))).toEqual(['low', 'high', 'none']);
  });

  it('is found by tags and notes, and narrowed down to a tag', () => {
    const paper = { name: null, tags: ['paper', 'T 20'], notes: 'for Anna' };
    const runs = [run('alpha', { annotation: paper }), run('beta')];
    expect(names(filterRuns(runs, 'anna PAPER', 'all'))).toEqual(['alpha']);
    expect(names(filterRuns(runs, '', 'all', 'T 20'))).toEqual(['alpha']);
    expect(names(filterRuns(runs, '', 'all', 'paper'))).toEqual(['alpha']);
    expect(names(filterRuns(runs, '', 'active', 'paper'))).toEqual([]);
    expect(tagsOf([...runs, run('gamma', { annotation: { ...paper, tags: ['T 3', 'paper'] } })])).toEqual([
      'paper',
      'T 3',
      'T 20',
    ]);
    // By its first name as well.
    expect(names(filterRuns([run('new', { recipeName: 'old' })], 'old', 'all'))).toEqual(['new']);
  });

  it('sorts by gain, parameters and latency', () => {
    const of = (name: string, baseline: number | null, parameters: number, latencyMs: number | null) =>
      run(name, {
        accuracy: { teacher: 0.9, student: 0.8, baseline },
        student: { parameters, latencyMs, latencyRange: null },
      });
    const runs = [of('a', 0.85, 10, null), of('b', null, 30, 2), of('c', 0.7, 20, 1), run('d')];
    expect(names(sortRuns(runs, { key: 'gain', descending: true }))).toEqual(['c', 'a', 'b', 'd']);
    expect(names(sortRuns(runs, { key: 'parameters', descending: false }))).toEqual(['a', 'c', 'b', 'd']);
    expect(names(sortRuns(runs, { key: 'latency', descending: true }))).toEqual(['b', 'c', 'a', 'd']);
  });

  it('shows the spread of the latency, where there is one', () => {
    const of = (latencyRange: [number, number] | null) =>
      spreadOf({ student: { parameters: 1, latencyMs: 3, latencyRange } });
    expect(of([2.5, 3.5])).toMatch(/3\.00 ms \(2\.50 to 3\.50\)$/);
    expect(of(null)).toBeUndefined();
    expect(spreadOf({ student: null })).toBeUndefined();
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
    version: 2,
    name: 'a',
    teacher: { source: 'train', model: { architecture: 'resnet34' } },
    student: { model: { architecture: 'resnet18' } },
  };

  it('names fields, and marks where there is none', () => {
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
      { field: 'student.training.stages[1].epochs', values: [undefined, 2] },
      { field: 'student.training.stages[1].freezeTo', values: [undefined, 0] },
      { field: 'student.training.stages[1].learningRate', values: [undefined, '0.00001, 0.001'] },
    ]);
  });

  it('are none between equal recipes of other names', () => {
    expect(recipeDifferences([recipeSchema.parse(base), recipeSchema.parse({ ...base, name: 'c' })])).toEqual(
      [],
    );
  });
});

describe('names of runs beside one another', () => {
  it('tell runs of one name apart by their date, then by their folder', () => {
    const early = '2026-11-24T05:51:13';
    expect(
      distinctNames([
        run('signs', { folder: '/runs/signs-1', startedAt: early }),
        run('signs', { folder: '/runs/signs-2', startedAt: '2026-11-25T05:51:13' }),
        run('others'),
        run('twice', { folder: '/runs/twice-1', startedAt: early }),
        run('twice', { folder: '/runs/twice-2', startedAt: early }),
      ]),
    ).toEqual([
      'signs, 24 Nov 2026, 05:51',
      'signs, 25 Nov 2026, 05:51',
      'others',
      'twice, twice-1',
      'twice, twice-2',
    ]);
  });
});

describe('scores of runs beside one another', () => {
  const result = (accuracy: number, logLoss: number, bytes: number, classes = 6) =>
    ({
      classes: Array.from({ length: classes }),
      models: {
        student: {
          ...{ parameters: 100, bytes, latencyMs: null, trainingSeconds: null, unseen: null },
          test: { n: 10, accuracy, top5: 1, f1Weighted: accuracy, f1Macro: accuracy, logLoss, ece: 0 },
        },
      },
    }) as unknown as RunResult;
  const rows = (...results: (RunResult | null)[]) =>
    Object.fromEntries(
      scoreRows(results.map((one) => ({ result: one, role: 'student' as const }))).map((row) => [
        row.label,
        row,
      ]),
    );

  it('have their difference to the first run', () => {
    const { Accuracy: accuracy, ...others } = rows(result(0.9, 0.5, 100), null, result(0.925, 0.4, 50));
    expect(accuracy).toMatchObject({ differences: [null, null, '+2.50 points'], best: 2 });
    expect(others['Log loss']!.differences).toEqual([null, null, '−0.100']);
    expect(others['Weights']!.differences).toEqual([null, null, '−50 %']);
    expect(others['Parameters']!.differences).toEqual([null, null, null]);
    expect(others).not.toHaveProperty('Time for one image');
  });

  it('show the time for an image with its quartiles, where they are known', () => {
    const timed = (latencyMs: number, latencyRange?: [number, number]) => {
      const one = result(0.9, 0.5, 100);
      return {
        ...one,
        models: {
          ...one.models,
          student: { ...one.models.student, latencyMs, ...(latencyRange && { latencyRange }) },
        },
      };
    };
    const shown = rows(timed(3, [2.5, 3.5]), timed(9), null) as Record<string, { texts: string[] }>;
    expect(shown['Time for one image']!.texts).toEqual(['3.00 ms (2.50 to 3.50)', '9.00 ms', '–']);
    expect(shown['Accuracy']!.texts.slice(0, 2)).toEqual(['90.00 %', '90.00 %']);
  });

  it('have no top-5 accuracy with five classes or fewer', () => {
    expect(rows(result(0.9, 0.5, 100, 6))).toHaveProperty('Top-5 accuracy');
    expect(rows(result(0.9, 0.5, 100, 5))).not.toHaveProperty('Top-5 accuracy');
  });

  it('are of the model that is chosen for each run', () => {
    const one = result(0.9, 0.5, 100);
    const other = { ...one, models: { ...one.models, baseline: result(0.8, 0.5, 100).models.student } };
    const [accuracy] = scoreRows([
      { result: one, role: 'student' },
      { result: other, role: 'baseline' },
      { result: one, role: 'baseline' },
    ]);
    expect(accuracy!.values).toEqual([0.9, 0.8, null]);
  });

  it('are folded where only one run has them', () => {
    const found = partRows(['a', 'b', 'c'], (row) => [row !== 'b', row === 'a', false]);
    expect(found).toEqual({ shared: ['a'], alone: ['b', 'c'] });
  });

  it('have none where the first run has no figure', () => {
    expect(rows(null, result(0.9, 0.5, 100))['Accuracy']!.differences).toEqual([null, null]);
  });
});
