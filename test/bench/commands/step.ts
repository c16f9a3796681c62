import { compare } from '../comparison.ts';
import {
  shapeOf,
  traceVariants,
  workloadOf,
  type MachineOptions,
  type PeerOptions,
  type ShapeOptions,
  type TraceOptions,
  type TurnOptions,
} from '../options.ts';
import { comparisonReport, type Report } from '../report.ts';
import { shapeTitle } from '../workload.ts';

export interface ComparedOptions extends MachineOptions, PeerOptions, TraceOptions, TurnOptions {
  onRound?: (done: number, total: number) => void;
}

/** Turns, peer and progress, with what stands for an option that was not given. */
export const comparisonOf = ({
  steps = 5,
  rounds = 7,
  peer,
  python = 'python3',
  onRound,
}: ComparedOptions) => ({
  steps,
  rounds,
  python: peer ? python : null,
  ...(onRound ? { onRound } : {}),
});

/** Whole training steps on labels alone: forward, backward, Adam, batch-norm statistics. */
export async function benchStep(options: ShapeOptions & ComparedOptions): Promise<Report> {
  const shape = shapeOf(options);
  const workload = workloadOf(shape, options);
  const variants = traceVariants(workload, options);
  const comparison = await compare({ variants, ...comparisonOf(options) });
  const title = `Training step: ${shapeTitle(shape)}`;
  return comparisonReport('step', title, comparison, shape.batchSize, { workload });
}
