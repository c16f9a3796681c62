import { enterPhase, leavePhase, type PhaseSpan } from '../../contract/phase-spans.ts';
import { type Phase, runPhases } from '../../contract/run.ts';
import type { LogLine } from '../../contract/run-details.ts';

const phaseLine = /^Phase: (\w+)\.$/;
const stateLine = /^State: (\w+)\.$/;

/** Earlier versions decoded in a phase of its own, which took no time. */
function phaseOf(name: string): Phase | undefined {
  return name === 'decode' ? 'import' : runPhases.find((phase) => phase === name);
}

/** The phases of a run of an earlier version, which kept them in its log alone. The last one stays open. */
export function phasesInLog(log: readonly LogLine[]): PhaseSpan[] {
  let spans: PhaseSpan[] = [];
  let last: string | null = null;
  for (const { time, message } of log) {
    const name = phaseLine.exec(message)?.[1];
    const phase = name === undefined ? undefined : phaseOf(name);
    const state = stateLine.exec(message)?.[1];
    if (phase !== undefined) {
      const isSame = spans.at(-1)?.phase === phase && spans.at(-1)?.endedAt === null;
      if (!isSame) spans = enterPhase(spans, phase, time);
    } else if (state === 'running') {
      // What the process before this one left open ended with its last message.
      if (last !== null) spans = leavePhase(spans, last);
    } else if (state !== undefined && state !== 'stopping') spans = leavePhase(spans, time);
    last = time;
  }
  return spans;
}
