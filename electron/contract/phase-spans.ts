import { z } from 'zod';
import { type Phase, runPhases } from './run.ts';

/** A time that a run spent in a phase. Each process that works on the run has spans of its own. */
export const phaseSpanSchema = z.object({
  phase: z.enum(runPhases),
  startedAt: z.iso.datetime(),
  /** null: the run is in it. */
  endedAt: z.iso.datetime().nullable(),
});
export type PhaseSpan = z.output<typeof phaseSpanSchema>;

/** The spans once the run has left the phase that it was in. */
export const leavePhase = (spans: readonly PhaseSpan[], time: string): PhaseSpan[] =>
  spans.map((span) => (span.endedAt === null ? { ...span, endedAt: time } : span));

/** The spans once the run has entered a phase. */
export const enterPhase = (spans: readonly PhaseSpan[], phase: Phase, time: string): PhaseSpan[] => [
  ...leavePhase(spans, time),
  { phase, startedAt: time, endedAt: null },
];
