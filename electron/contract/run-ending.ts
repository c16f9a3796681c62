import { isPaused } from './run.ts';
import type { RunSummary } from './run-summary.ts';
import { pointsText } from './verdict.ts';

/** How a run ended, in the words of a notification. */
export interface RunEnding {
  title: string;
  text: string;
  isGood: boolean;
}

function scoreOf({ student, baseline }: RunSummary['accuracy']): string {
  if (student === null) return 'The run has ended.';
  const gain = baseline === null ? '' : `, ${pointsText(student - baseline)} points against the baseline`;
  return `Student accuracy: ${(100 * student).toFixed(2)} %${gain}.`;
}

export const interruptedEnding = (name: string): RunEnding => ({
  title: `${name} was interrupted`,
  text: 'You can resume it from its last checkpoint.',
  isGood: false,
});

/** null where the user ended the run, or where it has not ended. */
export function endingOf({
  name,
  state,
  error,
  accuracy,
}: Pick<RunSummary, 'name' | 'state' | 'error' | 'accuracy'>): RunEnding | null {
  if (state === 'completed') return { title: `${name} is done`, text: scoreOf(accuracy), isGood: true };
  if (state === 'failed')
    return { title: `${name} failed`, text: error?.message ?? 'Open the run to see why.', isGood: false };
  return state === 'interrupted' && !isPaused(state, error) ? interruptedEnding(name) : null;
}
