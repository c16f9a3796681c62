import { architectureName } from '../../../electron/contract/architectures.ts';
import { activeStates, resumableStates, type RunState } from '../../../electron/contract/run.ts';
import type { RunSummary } from '../../../electron/contract/run-summary.ts';
import { baseName } from '../../format.ts';
import { gainOf } from './gain.ts';

export type SortKey =
  | 'name'
  | 'state'
  | 'student'
  | 'gain'
  | 'teacher'
  | 'baseline'
  | 'parameters'
  | 'latency'
  | 'bytes'
  | 'startedAt';

export interface Sorting {
  key: SortKey;
  descending: boolean;
}

/** States as a list is narrowed down to. */
export const stateFilters = {
  all: [],
  active: activeStates,
  completed: ['completed'],
  resumable: resumableStates,
} as const satisfies Record<string, readonly RunState[]>;
export type StateFilter = keyof typeof stateFilters;

/** Networks under the recipe's names and under those that are shown. */
const networkTexts = ({ teacher, student }: RunSummary['architectures']): string[] =>
  [teacher, student].flatMap((one) => (one === null ? [] : [one, architectureName(one)]));

/** Everything of a run that a search looks through. */
const textOf = ({
  name,
  recipeName,
  annotation,
  architectures,
  dataset,
  folder,
  state,
}: RunSummary): string =>
  [
    ...[name, recipeName, ...annotation.tags, annotation.notes],
    ...[...networkTexts(architectures), dataset, baseName(folder), state],
  ]
    .filter((part) => part !== null)
    .join('\n')
    .toLowerCase();

const byText = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The tags of all runs, each once. */
export const tagsOf = (runs: readonly RunSummary[]): string[] =>
  [...new Set(runs.flatMap(({ annotation }) => annotation.tags))].sort(byText.compare);

/** Runs that have every word of the search somewhere, in any of the filter's states, with the tag where one is given. */
export function filterRuns(
  runs: readonly RunSummary[],
  search: string,
  filter: StateFilter,
  tag: string | null = null,
): RunSummary[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const states: readonly RunState[] = stateFilters[filter];
  return runs.filter((run) => {
    if (states.length > 0 && !states.includes(run.state)) return false;
    if (tag !== null && !run.annotation.tags.includes(tag)) return false;
    const text = textOf(run);
    return words.every((word) => text.includes(word));
  });
}

const values: Record<SortKey, (run: RunSummary) => string | number | null> = {
  name: ({ name }) => name,
  state: ({ state }) => state,
  student: ({ accuracy }) => accuracy.student,
  teacher: ({ accuracy }) => accuracy.teacher,
  gain: gainOf,
  baseline: ({ accuracy }) => accuracy.baseline,
  parameters: ({ student }) => student?.parameters ?? null,
  latency: ({ student }) => student?.latencyMs ?? null,
  bytes: ({ bytes }) => bytes,
  startedAt: ({ startedAt }) => Date.parse(startedAt),
};

/** What has no figure comes last either way; equals are newest first. */
export function sortRuns(runs: readonly RunSummary[], { key, descending }: Sorting): RunSummary[] {
  const sign = descending ? -1 : 1;
  const newest = (a: RunSummary, b: RunSummary) => Date.parse(b.startedAt) - Date.parse(a.startedAt);
  return [...runs].sort((a, b) => {
    const [x, y] = [values[key](a), values[key](b)];
    if (x === null || y === null) return x === y ? newest(a, b) : x === null ? 1 : -1;
    const order =
      typeof x === 'string' || typeof y === 'string' ? byText.compare(String(x), String(y)) : x - y;
    return sign * order || newest(a, b);
  });
}

/** A click on a column's head: figures begin with the largest, text with A. */
export const nextSorting = (sorting: Sorting, key: SortKey): Sorting =>
  sorting.key === key
    ? { key, descending: !sorting.descending }
    : { key, descending: key !== 'name' && key !== 'state' };
