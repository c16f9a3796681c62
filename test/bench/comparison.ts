import { DistillError } from '../../electron/contract/errors.ts';
import { interleave, type Measured, type Schedule } from './interleave.ts';
import {
  memoryFormats,
  ours,
  pytorch,
  sourcesOf,
  startParticipant,
  type Participant,
  type Program,
  type Ready,
} from './participant.ts';
import { pairedRatios, summarise, type Summary } from './statistics.ts';
import type { Workload } from './workload.ts';

/** One side: what it said when it was warm, and its times. */
export interface Side extends Measured {
  ready: Ready;
  /** Of all steps, ms. */
  step: Summary;
}

export interface Ratio {
  ours: string;
  peer: string;
  /** Whether this is the peer's better form, the one that counts. */
  counts: boolean;
  /** Our images a second over the peer's, by round. */
  pairs: number[];
  summary: Summary;
}

export interface Comparison {
  sides: Side[];
  ratios: Ratio[];
}

export interface ComparisonOptions extends Schedule {
  /** Ours, by name. */
  variants: readonly [name: string, workload: Workload][];
  /** The Python of PyTorch; null: only ours. */
  python: string | null;
}

function checkSameNetwork(a: Participant, b: Participant): void {
  for (const what of ['parameters', 'teacherParameters'] as const) {
    const [left, right] = [a.ready[what], b.ready[what]];
    // Where logits are stored there is no teacher.
    if (left === right || left === null || right === null) continue;
    throw new DistillError(
      'INTERNAL',
      `The networks differ: ${what} of "${a.name}" are ${left}, of "${b.name}" ${right}.`,
      'Bring test/bench/pytorch/peer.py in line with electron/engine/models.',
    );
  }
}

/** Our variants and the peer's memory formats, in turn. Throws DistillError INTERNAL where their networks differ. */
export async function compare(options: ComparisonOptions): Promise<Comparison> {
  const { variants, python } = options;
  const programs: Program[] = variants.map(([name, workload]) => ours(name, workload));
  if (python !== null) {
    const [, workload] = variants[0]!;
    const sources = await sourcesOf(workload);
    programs.push(
      ...memoryFormats.map((format) => pytorch(workload, { python, format, fused: null, sources })),
    );
  }
  const participants: Participant[] = [];
  try {
    // One after the other: warming up together they would disturb each other.
    for (const program of programs) {
      const participant = await startParticipant(program);
      participants.push(participant);
      checkSameNetwork(participants[0]!, participant);
    }
    const measured = await interleave(participants, options);
    const sides = measured.map((side, i): Side => ({
      ...side,
      ready: participants[i]!.ready,
      step: summarise(side.turns.flat()),
    }));
    return { sides, ratios: ratiosOf(sides.slice(0, variants.length), sides.slice(variants.length)) };
  } finally {
    await Promise.all(participants.map((participant) => participant.close()));
  }
}

/** Each of ours against each form of the peer. */
export function ratiosOf(
  own: readonly Pick<Side, 'name' | 'turns' | 'step'>[],
  peers: readonly Pick<Side, 'name' | 'turns' | 'step'>[],
): Ratio[] {
  const best = Math.min(...peers.map(({ step }) => step.median));
  return own.flatMap((side) =>
    peers.map((peer): Ratio => {
      const pairs = pairedRatios(side.turns, peer.turns);
      return {
        ours: side.name,
        peer: peer.name,
        counts: peer.step.median === best,
        pairs,
        summary: summarise(pairs),
      };
    }),
  );
}
