import { shapeTitle, warmUpSteps } from '../workload.ts';
import {
  shapeOf,
  workloadOf,
  type MachineOptions,
  type PeerOptions,
  type ShapeOptions,
  type TraceOptions,
} from '../options.ts';
import { memoryFormats, ours, pytorch, sourcesOf, startParticipant, type Program } from '../participant.ts';
import { memoryOf } from '../process-status.ts';
import { memoryTable, type MemoryRow, type Report } from '../report.ts';

export interface MemoryOptions extends ShapeOptions, MachineOptions, PeerOptions, TraceOptions {
  /** Steps after which the memory must not have grown. */
  steps?: number;
  onRound?: (done: number, total: number) => void;
}

/** Pixels at which many steps are done in a minute or two. */
const growthSize = 32;

/** Steps after which a training process has all that it needs. */
const settled = 20;

/** Runs a process alone and reads its memory after each number of steps. */
async function measure(program: Program, steps: readonly number[]): Promise<MemoryRow> {
  const participant = await startParticipant(program);
  try {
    const residentBytes: number[] = [];
    let done = warmUpSteps;
    for (const until of steps) {
      await participant.burst(until - done);
      done = until;
      residentBytes.push(memoryOf(participant.pid).resident);
    }
    return { name: program.name, peakBytes: memoryOf(participant.pid).peak, residentBytes, steps };
  } finally {
    await participant.close();
  }
}

/** Peak of 20 training steps, beside the peer's; and growth over many steps on small images. */
export async function benchMemory(options: MemoryOptions): Promise<Report> {
  const { steps = 1000, peer, python = 'python3', onRound } = options;
  const trace = options.trace !== 'off';
  const shape = shapeOf(options);
  const workload = { ...workloadOf(shape, options), trace };
  const small = { ...shape, size: Math.min(shape.size, growthSize) };
  const growing = { ...workloadOf(small, options), trace };
  const sources = await sourcesOf(workload);
  const peers = peer
    ? memoryFormats.map((format) => pytorch(workload, { python, format, fused: true, sources }))
    : [];
  const programs = [ours('ours', workload), ...peers];
  const rows: MemoryRow[] = [];
  for (const program of programs) {
    rows.push(await measure(program, [settled]));
    onRound?.(rows.length, programs.length + 1);
  }
  const growth = await measure(ours('ours', growing), [settled, Math.max(steps, settled + 1)]);
  const best = Math.min(...rows.slice(1).map(({ peakBytes }) => peakBytes));
  const peakRatio = peer ? rows[0]!.peakBytes / best : null;
  const growthRatio = growth.residentBytes[1]! / growth.residentBytes[0]!;
  const text = [
    memoryTable(rows),
    ...(peakRatio === null ? [] : [`Ours over the peer's smaller peak: ${peakRatio.toFixed(3)}`]),
    `Growth: ${shapeTitle(small)}`,
    memoryTable([growth]),
    `Last over first: ${growthRatio.toFixed(3)}`,
  ].join('\n');
  const data = { workload, rows, peakRatio, growing, growth, growthRatio };
  return { bench: 'memory', title: `Memory: ${shapeTitle(shape)}`, text, data };
}
