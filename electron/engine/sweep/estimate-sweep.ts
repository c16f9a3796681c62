import { largest } from '../../contract/extremes.ts';
import { readsStoredLogits } from '../../contract/stored-logits.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Handlers } from '../../contract/services.ts';
import { teachersOf } from '../estimate/described-training.ts';
import { basisOf, paceRun, type PacedRun } from '../estimate/estimate-run.ts';
import { diskBytes, memoryBytes, storedLogitBytes } from '../estimate/run-footprint.ts';
import { planRun, type RunPlan } from '../estimate/run-plan.ts';
import { secondsOf, totalSeconds } from '../estimate/run-seconds.ts';
import { type Member, membersOf } from './members.ts';
import { mean } from './seed-summary.ts';
import { shareOf } from './share-of.ts';

/** Settings that are estimated: of more, so many at equal distances. */
const mostSettings = 24;

type Input = Parameters<Handlers['sweeps']['estimate']>[0];
type Context = Parameters<Handlers['sweeps']['estimate']>[1];

/** Members of one kind of data and teacher; the first trains the teacher and stores its logits for the others. */
const sourceOf = ({ teacherKey, recipe }: Member): string =>
  teacherKey ?? JSON.stringify([recipe.data, recipe.teacher]);

/** The plan of a member whose teacher another one trained, and whose logits it reads where it can. */
function followerPlan({ plan: { recipe, counts }, given, traced }: PacedRun): RunPlan {
  const taken: Recipe = { ...recipe, teacher: { source: 'run', path: '', role: 'teacher' } };
  return planRun(taken, counts, readsStoredLogits(recipe) ? [] : teachersOf(recipe, given), traced);
}

interface Estimated {
  paced: PacedRun;
  /** Of the member that trains the teacher or reads it first, and of each other one. */
  leader: { seconds: number; bytes: number };
  follower: { seconds: number; bytes: number };
  memoryBytes: number;
}

async function estimateSetting({ recipe }: Member, input: Input, context: Context): Promise<Estimated> {
  const runtime = shareOf(input.runtime, input.atOnce);
  const paced = await paceRun({ ...input, recipe, runtime }, context);
  const costsOf = (plan: RunPlan) => {
    const seconds = totalSeconds(secondsOf(plan, paced.pace));
    return { seconds, bytes: diskBytes(plan, seconds, { runtime, storesLogits: false }) };
  };
  const leader = costsOf(paced.plan);
  return {
    paced,
    leader: { ...leader, bytes: leader.bytes + storedLogitBytes(paced.plan) },
    follower: costsOf(followerPlan(paced)),
    memoryBytes: memoryBytes(paced.plan, runtime),
  };
}

/** So many of a list, at equal distances. */
const spread = <T>(items: readonly T[], most: number): T[] => {
  const step = Math.max(1, items.length / most);
  return Array.from({ length: Math.min(most, items.length) }, (_, i) => items[Math.floor(i * step)]!);
};

/**
 * What a sweep takes on this machine, by the estimates of its settings: one member trains each teacher and stores its logits, the
 * others read them. Where several run at the same time, each has its share of the cores. The hours of the budget end it; members
 * that are stopped early are not foreseen. Throws what membersOf throws.
 */
export const estimateSweep: Handlers['sweeps']['estimate'] = async (input, context) => {
  const { sweep, atOnce } = input;
  const members = membersOf(sweep);
  const settings = [...new Map(members.map((member) => [member.setting, member])).values()];
  const estimated: Estimated[] = [];
  for (const member of spread(settings, mostSettings)) {
    context.signal.throwIfAborted();
    estimated.push(await estimateSetting(member, input, context));
  }
  const leaders = new Set(members.map(sourceOf)).size;
  const followers = members.length - leaders;
  const average = (of: (one: Estimated) => number) => mean(estimated.map(of));
  const [first, other] = [
    average(({ leader }) => leader.seconds),
    average(({ follower }) => follower.seconds),
  ];
  const limit = sweep.budget.hours === null ? Infinity : sweep.budget.hours * 3600;
  const work = leaders * first + followers * other;
  // Those that read a teacher wait until it is trained.
  const total = Math.ceil(leaders / atOnce) * first + Math.ceil(followers / atOnce) * other;
  const part = Math.min(1, limit / work);
  return {
    runs: members.length,
    workSeconds: work * part,
    totalSeconds: total * part,
    memoryBytes: Math.min(atOnce, members.length) * largest(estimated.map((one) => one.memoryBytes)),
    diskBytes: Math.round(
      (leaders * average(({ leader }) => leader.bytes) +
        followers * average(({ follower }) => follower.bytes)) *
        part,
    ),
    basis: estimated.every(({ paced }) => basisOf(paced) === 'measured') ? 'measured' : 'estimated',
    backend: estimated[0]!.paced.backend,
  };
};
