import { describe, expect, it } from 'vitest';
import { sweepSchema } from '../../../electron/contract/sweep/sweep.ts';
import type { SettingRow, SweepTable } from '../../../electron/contract/sweep/sweep-table.ts';
import type { SweepReportData } from '../../../electron/engine/sweep/report/data.ts';
import { renderSweepReport } from '../../../electron/engine/sweep/report/render.ts';
import { smallRecipe } from '../../support/small-run.ts';

const sweep = sweepSchema.parse({
  version: 1,
  name: 'Temperatures',
  base: smallRecipe(),
  axes: [
    { name: 'temperature', field: 'distillation.terms[0].temperature', values: [2, 8] },
    { name: '<script>', field: 'student.model.width', values: [8, 16] },
  ],
  seeds: [1, 2],
});

const row = (setting: number, values: [string, string], parts: Partial<SettingRow>): SettingRow => ({
  setting,
  values: { temperature: values[0], '<script>': values[1] },
  score: null,
  ...{ completed: 0, members: 2, parameters: null, bytes: null, macs: null, latencyMs: null, best: null },
  ...parts,
});
const scored = (mean: number, parameters: number): Partial<SettingRow> => ({
  score: { seeds: 2, mean, deviation: 0.0123, interval: [mean - 0.01, mean + 0.01] },
  ...{ completed: 2, parameters, bytes: 4 * parameters, macs: 1e6, latencyMs: 2 },
});

const table: SweepTable = {
  ...{ name: 'Temperatures', state: 'completed', score: 'accuracy', axes: sweep.axes },
  settings: [
    row(0, ['2', '8'], scored(0.81, 1000)),
    row(1, ['2', '16'], scored(0.93, 5000)),
    row(2, ['8', '8'], scored(0.8, 1000)),
    row(3, ['8', '16'], {}),
  ],
  chosen: 1,
  fronts: { parameters: [0, 1], bytes: [0, 1], macs: [1], latencyMs: [1] },
  effects: [
    {
      axis: 'temperature',
      levels: [
        { value: '2', settings: 2, mean: 0.87 },
        { value: '8', settings: 1, mean: 0.8 },
      ],
    },
  ],
  test: {
    accuracy: { seeds: 2, mean: 0.9012, deviation: 0.004, interval: [0.897, 0.905] },
    comparisons: [
      {
        ...{ setting: 0, lead: 0.0312, acrossSeeds: null },
        students: { p: 0.0021, corrected: 0.0042, verdict: 'better' },
        sentence: 'The students of the chosen setting are better than those of temperature 2.',
        perSeed: [{ seed: 1, onlyChosen: 30, onlyOther: 9, p: 0.001 }],
      },
    ],
  },
  sentence: 'Best on the held-out images: temperature 2.',
};
const member = { seed: 1, values: {}, folder: null, worker: null, error: null, stoppedEarly: false };
const data: SweepReportData = {
  sweep,
  table,
  status: {
    ...{ folder: '/sweeps/t', name: 'Temperatures', state: 'completed', error: null, secondsPerMember: 60 },
    ...{ startedAt: '2026-11-30T10:00:00.000Z', budgetHours: null, teacherSecondsLeft: 0 },
    members: [
      { ...member, index: 0, setting: 0, state: 'completed' },
      {
        ...member,
        ...{ index: 1, setting: 3, values: { temperature: '8' }, state: 'failed' },
        error: {
          code: 'OUT_OF_MEMORY',
          message: 'No memory is left.',
          hint: 'Use 1 thread.',
          retryable: false,
        },
      },
    ],
  },
  ...{ best: null, finishedAt: '2026-11-30T12:34:00.000Z', backends: ['onnxruntime'] },
  ...{ threads: '1, 2 runs at a time', version: '9.8.7' },
};
const text = (page: string) =>
  page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll(/[\s\u00a0]+/g, ' ');

describe('the report of a sweep', () => {
  const page = renderSweepReport(data);
  const words = text(page);

  it('has the outcome, what was asked, the figures, the comparisons and how to repeat it', () => {
    for (const part of [
      'Best on the held-out images: temperature 2.',
      'Test images were looked at once, at the end, for the chosen setting.',
      'distillation.terms[0].temperature: 2 and 8.',
      '93.00 % ± 1.23',
      '92.00 % to 94.00 %',
      'The students of the chosen setting are better than those of temperature 2.',
      '+3.12 – p = 0.0042',
      'seed 1: 30 against 9 (p = 0.001)',
      'No memory is left. Use 1 thread.',
      'Distill Studio 9.8.7',
      'distill-studio sweep run',
    ])
      expect(words).toContain(part);
  });

  it('draws the costs that differ, and names the others', () => {
    expect(page).toContain('Accuracy against parameters');
    expect(page).not.toContain('Accuracy against latency');
    expect(words).toContain('or none, for: multiply-adds, latency.');
  });

  it('is one page without scripts and without addresses elsewhere, whatever an axis is called', () => {
    expect(page).not.toMatch(/<script/i);
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toContain('@media print');
  });

  it('is the same file for the same figures', () => {
    expect(renderSweepReport(data)).toBe(page);
  });

  it('is there before a run has completed', () => {
    const none: SweepTable = {
      ...table,
      ...{ state: 'running', chosen: null, test: null, effects: [] },
      settings: table.settings.map((one) => row(one.setting, ['2', '8'], {})),
      fronts: { parameters: [], bytes: [], macs: [], latencyMs: [] },
      sentence: 'No run of this sweep has completed yet.',
    };
    const early = text(renderSweepReport({ ...data, table: none, finishedAt: null, backends: [] }));
    expect(early).toContain('No run of this sweep has completed yet.');
    expect(early).toContain('Test images are looked at once, when the sweep is completed');
  });
});
