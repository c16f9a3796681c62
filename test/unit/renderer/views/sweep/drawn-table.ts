import type { SettingRow, SweepTable } from '../../../../../electron/contract/sweep/sweep-table.ts';

/** A setting's row, of which a test says what it is about. */
export const row = (setting: number, parts: Partial<SettingRow> = {}): SettingRow => ({
  setting,
  values: {},
  score: { seeds: 1, mean: 0.5, deviation: null, interval: null },
  completed: 1,
  members: 1,
  parameters: 1000,
  bytes: 4000,
  macs: 1e6,
  latencyMs: 1,
  best: null,
  ...parts,
});

export const tableOf = (settings: SettingRow[], parts: Partial<SweepTable> = {}): SweepTable => ({
  name: 'drawn',
  state: 'completed',
  score: 'accuracy',
  axes: Object.keys(settings[0]?.values ?? {}).map((name) => ({ name, field: 'seed', values: [1] })),
  settings,
  chosen: null,
  fronts: { parameters: [], bytes: [], macs: [], latencyMs: [] },
  effects: [],
  test: null,
  sentence: '',
  ...parts,
});
