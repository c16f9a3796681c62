import { largest } from '../../../electron/contract/extremes.ts';
import { isActive } from '../../../electron/contract/run.ts';
import type { SweepStatus } from '../../../electron/contract/sweep/sweep-status.ts';

/** How many members a sweep has in which state. */
export interface MemberCounts {
  total: number;
  completed: number;
  failed: number;
  stoppedEarly: number;
  atWork: number;
  /** Not begun, or to go on. */
  waiting: number;
}

export function countMembers(members: SweepStatus['members']): MemberCounts {
  const counts = { total: members.length, completed: 0, failed: 0, stoppedEarly: 0, atWork: 0, waiting: 0 };
  for (const { state, stoppedEarly } of members)
    if (stoppedEarly) counts.stoppedEarly++;
    else if (state === 'completed' || state === 'failed') counts[state]++;
    else counts[isActive(state) ? 'atWork' : 'waiting']++;
  return counts;
}

/**
 * Seconds that a sweep still takes: what the members at work still take and the mean work of one for each that waits, shared by as
 * many as work now. `remaining`: seconds of each member at work, null where it has no estimate yet; then the mean stands for it.
 * null before the first member has completed.
 */
export function secondsLeft(
  { waiting }: Pick<MemberCounts, 'waiting'>,
  secondsPerMember: number | null,
  remaining: readonly (number | null)[],
): number | null {
  if (secondsPerMember === null) return null;
  const atWork = remaining.map((seconds) => seconds ?? secondsPerMember);
  const work = atWork.reduce((sum, seconds) => sum + seconds, waiting * secondsPerMember);
  return largest([work / Math.max(1, atWork.length), ...atWork]);
}
