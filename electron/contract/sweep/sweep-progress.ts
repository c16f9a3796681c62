import { largest } from '../extremes.ts';
import type { CallOptions } from '../method.ts';
import { isActive } from '../run.ts';
import type { Client } from '../services.ts';
import type { SweepStatus } from './sweep-status.ts';

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
 * Seconds that a sweep still takes: what the members at work still take, the mean work of one for each that waits, and the teachers
 * that no member has begun to train, shared by as many as work now. `remaining`: seconds of each member at work, null where it has no
 * estimate yet; then the mean stands for it. null before the first member has completed, and where the sweep is not at work.
 */
export function secondsLeft(
  { state, members, secondsPerMember, teacherSecondsLeft }: SweepStatus,
  remaining: readonly (number | null)[],
): number | null {
  if (state !== 'running' || secondsPerMember === null) return null;
  const atWork = remaining.map((seconds) => seconds ?? secondsPerMember);
  const toCome = countMembers(members).waiting * secondsPerMember + teacherSecondsLeft;
  const work = atWork.reduce((sum, seconds) => sum + seconds, toCome);
  return largest([work / Math.max(1, atWork.length), ...atWork]);
}

/** Members at work that are asked for their own estimate. */
const mostAsked = 16;

/** Where a sweep stands, and the seconds that it still takes (null: not known). */
export async function lookAtSweep(
  client: Client,
  folder: string,
  options: CallOptions,
): Promise<{ status: SweepStatus; etaSeconds: number | null }> {
  const status = await client.sweeps.status({ folder }, options);
  const atWork = status.members.filter(({ state }) => isActive(state));
  const estimates = atWork.map(async ({ folder: run }, i) => {
    const isAsked = run !== null && i < mostAsked;
    const details = isAsked ? await client.runs.details({ folder: run }, options) : null;
    return details?.position?.remaining?.seconds ?? null;
  });
  // A member that has just ended is no reason to show nothing.
  const remaining = await Promise.all(estimates.map((one) => one.catch(() => null)));
  return { status, etaSeconds: secondsLeft(status, remaining) };
}
