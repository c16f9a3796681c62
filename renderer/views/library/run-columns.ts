import type { RunSummary } from '../../../electron/contract/run-summary.ts';
import { formatLatency } from '../../format.ts';
import type { SortKey } from './run-list.ts';

export interface RunColumn {
  key: SortKey;
  label: string;
  /** What the label leaves unsaid. */
  title?: string;
  figure: boolean;
  /** Width, and from which width of the list on it is shown. */
  class?: string;
}

/** The list's columns; where there is little room, what matters least is left out. */
export const runColumns: readonly RunColumn[] = [
  { key: 'name', label: 'Run', figure: false },
  { key: 'state', label: 'State', figure: false, class: 'w-28 @5xl:w-32' },
  {
    key: 'student',
    label: 'Student',
    title: "The student's accuracy on the test images",
    figure: true,
    class: 'w-18',
  },
  {
    key: 'gain',
    label: 'Gain',
    title: "The student's accuracy minus the baseline's, in percentage points: the gain from distillation",
    figure: true,
    class: 'w-16',
  },
  {
    key: 'teacher',
    label: 'Teacher',
    title: "The teacher's accuracy on the test images",
    figure: true,
    class: 'hidden w-20 @5xl:table-cell',
  },
  {
    key: 'baseline',
    label: 'Baseline',
    title: "The baseline's accuracy on the test images",
    figure: true,
    class: 'hidden w-22 @6xl:table-cell',
  },
  {
    key: 'parameters',
    label: 'Parameters',
    title: 'Of the student',
    figure: true,
    class: 'hidden w-22 @3xl:table-cell',
  },
  {
    key: 'latency',
    label: 'Latency',
    title: "The student's time for one image, measured during evaluation",
    figure: true,
    class: 'hidden w-20 @3xl:table-cell',
  },
  {
    key: 'bytes',
    label: 'On disk',
    title: "The run's folder with all its contents",
    figure: true,
    class: 'hidden w-20 @3xl:table-cell',
  },
  { key: 'startedAt', label: 'Started', figure: true, class: 'hidden w-24 @4xl:table-cell @6xl:w-40' },
];

export const columnClass = (key: SortKey): string =>
  runColumns.find((column) => column.key === key)?.class ?? '';

/** The student's latency with its quartiles, which the column has no room for; undefined where they are not known. */
export function spreadOf({ student }: Pick<RunSummary, 'student'>): string | undefined {
  if (!student?.latencyRange || student.latencyMs === null) return undefined;
  const [low, high] = student.latencyRange;
  return `Median, and the middle half of the measurements: ${formatLatency({ ms: student.latencyMs, low, high })}`;
}
