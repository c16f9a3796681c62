import type { Participant } from './participant.ts';
import { watchOthers } from './process-status.ts';

/** What one participant did, turn by turn. */
export interface Measured {
  name: string;
  /** ms of each step, by round. */
  turns: number[][];
  /** What everything else took of the machine during each turn, in [0, 1]; null where that is not known. */
  others: (number | null)[];
}

/** Who can take turns: the processes of participant.ts, or anything else that measures itself. */
export type Contender = Pick<Participant, 'name' | 'pid' | 'burst'>;

export interface Schedule {
  rounds: number;
  /** Steps of a turn. */
  steps: number;
  onRound?: (done: number, total: number) => void;
}

/** Lets everyone take a turn in each round, always in the same order, one at a time: A B A B ... */
export async function interleave(
  contenders: readonly Contender[],
  { rounds, steps, onRound }: Schedule,
): Promise<Measured[]> {
  const measured = contenders.map(({ name }): Measured => ({ name, turns: [], others: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const others = watchOthers(contender.pid);
      measured[i]!.turns.push(await contender.burst(steps));
      measured[i]!.others.push(others());
    }
    onRound?.(round + 1, rounds);
  }
  return measured;
}
