import { epochScoreNames, type EpochScores, type MetricsLine } from '../../../contract/metrics.ts';
import {
  type ClassScores,
  classScoreNames,
  type RunResult,
  scoreNames,
  type Scores,
} from '../../../contract/result.ts';
import type { Role } from '../../../contract/run.ts';
import {
  cellOf,
  columnsOf,
  stepMetricNames,
  type StepMetricName,
  stepMetrics,
} from '../../../contract/step-metrics.ts';
import { ranked, type Predictions, type RankedClass } from '../../evaluate/predictions.ts';
import type { TestPredictions } from '../../run-folder/stored-predictions.ts';
import { csvTable, type Column } from './table.ts';

/** A table's name and its text. */
export type NamedTable = readonly [name: string, csv: string];

type Cell = string | number | boolean | null;
type Step = Extract<MetricsLine, { type: 'step' }>;
type Epoch = Extract<MetricsLine, { type: 'epoch' }>;

/** Columns that bear their fields' names. */
const fields = <Name extends string>(names: readonly Name[]): Column<Readonly<Record<Name, Cell>>>[] =>
  names.map((name) => [name, (row) => row[name]]);

/** A metric's columns bear its name; of one with a figure for each term, the terms' indices and methods. */
const metricColumns = (name: StepMetricName, methods: readonly string[]): Column<Step>[] =>
  columnsOf(name, methods.length).map((column, term) => [
    stepMetrics[name].per === 'term' ? termName(methods, term) : column,
    cellOf(column),
  ]);

const termName = (methods: readonly string[], term: number): string => `${term}-${methods[term]}`;

const stepTable = (methods: readonly string[]): Column<Step>[] => [
  ...fields(['time', 'role', 'epoch', 'epochs', 'stage', 'step', 'steps']),
  ...stepMetricNames.flatMap((name) => metricColumns(name, methods)),
];

const scoreColumns = (
  part: 'train' | 'validation',
  name: keyof EpochScores,
  methods: readonly string[],
): Column<Epoch>[] =>
  name === 'termLosses'
    ? methods.map((_, term) => [
        `${part}.${termName(methods, term)}`,
        (row) => row[part]?.termLosses[term] ?? null,
      ])
    : [[`${part}.${name}`, (row) => row[part]?.[name] ?? null]];

const epochTable = (methods: readonly string[]): Column<Epoch>[] => [
  ...fields(['time', 'role', 'epoch', 'epochs', 'stage']),
  ...(['train', 'validation'] as const).flatMap((part) =>
    epochScoreNames.flatMap((name) => scoreColumns(part, name, methods)),
  ),
  ...fields(['best', 'imagesPerSecond', 'waitShare', 'memoryBytes', 'seconds']),
];

/** Rows that are turned into text at one go. */
const CHUNK_ROWS = 5000;

/** A table whose rows come one by one. */
async function* inChunks<Row>(
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row>,
): AsyncGenerator<Uint8Array> {
  const header = csvTable(columns, []);
  yield Buffer.from(header);
  let chunk: Row[] = [];
  for await (const row of rows) {
    chunk.push(row);
    if (chunk.length < CHUNK_ROWS) continue;
    yield Buffer.from(csvTable(columns, chunk).slice(header.length));
    chunk = [];
  }
  yield Buffer.from(csvTable(columns, chunk).slice(header.length));
}

async function* ofType<Type extends MetricsLine['type']>(
  type: Type,
  lines: AsyncIterable<MetricsLine>,
): AsyncGenerator<Extract<MetricsLine, { type: Type }>> {
  for await (const line of lines) if (line.type === type) yield line as Extract<MetricsLine, { type: Type }>;
}

/**
 * The curves: the steps that the run kept, and its epochs. `lines` reads them again for each table, of which a long run's is not
 * held; `methods` are those of the recipe's distillation terms.
 */
export const curveTables = (
  lines: () => AsyncIterable<MetricsLine>,
  methods: readonly string[],
): (readonly [name: string, csv: () => AsyncIterable<Uint8Array>])[] => [
  ['metrics', () => inChunks(stepTable(methods), ofType('step', lines()))],
  ['epochs', () => inChunks(epochTable(methods), ofType('epoch', lines()))],
];

const rolesOf = (result: RunResult): Role[] => [
  'teacher',
  'student',
  ...(result.models.baseline ? (['baseline'] as const) : []),
];

/** Scores of every part of the images, scores of every class, and what was taken for what. */
export function resultTables(result: RunResult): NamedTable[] {
  const roles = rolesOf(result);
  const scores = roles.flatMap((role) =>
    (['test', 'seen', 'unseen', 'validation'] as const).flatMap((part) => {
      const found = result.models[role]?.[part];
      return found ? [{ role, part, ...found }] : [];
    }),
  );
  const partColumns: Column<{ role: Role; part: string } & Scores>[] = fields([
    'role',
    'part',
    ...scoreNames,
  ]);
  const classes = roles.flatMap((role) => (result.perClass[role] ?? []).map((one) => ({ role, ...one })));
  const classColumns: Column<{ role: Role } & ClassScores>[] = fields(['role', ...classScoreNames]);
  return [
    ['scores', csvTable(partColumns, scores)],
    ['per-class', csvTable(classColumns, classes)],
    ...roles.map(
      (role) => [`confusion-${role}`, confusionTable(result, result.confusion[role] ?? [])] as const,
    ),
  ];
}

/** A row for each true class, a column for each class that it may have been taken for, headed by its id. */
function confusionTable({ classes }: RunResult, confusion: readonly (readonly number[])[]): string {
  const columns: Column<{ label: number; name: string; counts: readonly number[] }>[] = [
    ...fields(['label', 'name']),
    ...classes.map(({ id }): Column<{ counts: readonly number[] }> => [
      String(id),
      ({ counts }) => counts[id] ?? 0,
    ]),
  ];
  return csvTable(
    columns,
    classes.map(({ id, name }) => ({ label: id, name, counts: confusion[id] ?? [] })),
  );
}

/** The predictions of each model for each test image. */
export function predictionTables({ keys, models }: TestPredictions): NamedTable[] {
  return [...models].map(([role, predictions]) => [
    `predictions-${role}`,
    predictionTable(keys, predictions),
  ]);
}

function predictionTable(keys: readonly string[], predictions: Predictions): string {
  const rows = keys.map((key, row) => ({
    key,
    label: predictions.labels[row]!,
    top5: ranked(predictions, row, 5),
  }));
  type Row = (typeof rows)[number];
  const topFive = (place: number, field: keyof RankedClass) => (row: Row) => row.top5[place]?.[field] ?? null;
  const columns: Column<Row>[] = [
    ...fields(['key', 'label']),
    ['predicted', topFive(0, 'id')],
    ['probability', topFive(0, 'probability')],
    ...[0, 1, 2, 3, 4].flatMap((place): Column<Row>[] => [
      [`top5.${place}.id`, topFive(place, 'id')],
      [`top5.${place}.probability`, topFive(place, 'probability')],
    ]),
  ];
  return csvTable(columns, rows);
}
