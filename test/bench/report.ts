import { bytes, counted, milliseconds, percent, table } from '../../electron/cli/format.ts';
import { writeJsonAtomic } from '../../electron/platform/files.ts';
import type { Comparison, Ratio, Side } from './comparison.ts';
import { thisMachine, type Machine } from './machine.ts';
import type { Summary } from './statistics.ts';

/** One measurement: its figures for programs and its text for people. */
export interface Report {
  bench: string;
  title: string;
  text: string;
  /** What is written with --json. */
  data: object;
}

/** Above this share of the machine taken by others a measurement should be repeated. */
const quiet = 0.05;

const spread = ({ min, q1, median, q3, max }: Summary, format: (value: number) => string): string[] =>
  [median, min, q1, q3, max].map(format);

const spreadTitles = ['median', 'min', 'q1', 'q3', 'max'];

const ratio = (value: number): string => value.toFixed(3);

/** Steps of each side: images a second at the median, and the spread of single steps. */
export function sidesTable(sides: readonly Side[], batchSize: number): string {
  const rows = sides.map(({ name, step, ready }) => [
    name,
    ((batchSize / step.median) * 1000).toFixed(1),
    ...spread(step, milliseconds),
    milliseconds(ready.warmUpMs[0]!),
  ]);
  return table([['', 'images/s', ...spreadTitles, 'first step'], ...rows], 'lr');
}

export function ratiosTable(ratios: readonly Ratio[]): string {
  const rows = ratios.map(({ ours, peer, counts, summary }) => [
    `${ours} / ${peer}${counts ? ' (counts)' : ''}`,
    ...spread(summary, ratio),
    String(summary.count),
  ]);
  return table([['images/s over images/s', ...spreadTitles, 'pairs'], ...rows], 'lr');
}

/** What else the machine was busy with; null where that is not known. */
export function interferenceLine(sides: readonly Pick<Side, 'others'>[]): string | null {
  const shares = sides.flatMap(({ others }) => others).filter((share) => share !== null);
  if (shares.length === 0) return null;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const said = `Everything else took ${percent(mean, 1)} of the machine during a turn, ${percent(Math.max(...shares), 1)} at most.`;
  return mean > quiet ? `${said} That is not quiet: measure again.` : said;
}

export function comparisonReport(
  bench: string,
  title: string,
  { sides, ratios }: Comparison,
  batchSize: number,
  data: object,
): Report {
  const text = [
    ...sides.map(({ name, ready }) => `${name}: ${ready.details}`),
    sidesTable(sides, batchSize),
    ...(ratios.length > 0 ? [ratiosTable(ratios)] : []),
    interferenceLine(sides),
  ];
  return {
    bench,
    title,
    text: text.filter((part) => part !== null).join('\n'),
    data: { ...data, sides, ratios },
  };
}

export interface MemoryRow {
  name: string;
  peakBytes: number;
  /** After few steps and after many. */
  residentBytes: readonly number[];
  steps: readonly number[];
}

export function memoryTable(rows: readonly MemoryRow[]): string {
  const lines = rows.map(({ name, peakBytes, residentBytes, steps }) => [
    name,
    bytes(peakBytes),
    ...residentBytes.map((resident, i) => `${bytes(resident)} after ${counted(steps[i]!, 'step')}`),
  ]);
  return table([['', 'peak', 'resident'], ...lines], 'lr');
}

export interface Outcome {
  machine: Machine;
  date: string;
  reports: (Pick<Report, 'bench' | 'title'> & object)[];
}

/** Everything that was measured, with every single time, in one file. Throws DistillError NOT_WRITABLE, NOT_FOUND. */
export async function writeReports(file: string, reports: readonly Report[]): Promise<void> {
  const outcome: Outcome = {
    machine: thisMachine(),
    date: new Date().toISOString(),
    reports: reports.map(({ bench, title, data }) => ({ bench, title, ...data })),
  };
  await writeJsonAtomic(file, outcome);
}
