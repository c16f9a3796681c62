import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { bytes, duration, percent, quantity, table } from '../../../electron/cli/format.ts';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { runtimeSchema } from '../../../electron/contract/runtime.ts';
import { sweepSchema } from '../../../electron/contract/sweep/sweep.ts';
import { Jobs } from '../../../electron/engine/sweep/jobs.ts';
import { type Member, membersOf } from '../../../electron/engine/sweep/members.ts';
import { statusOf } from '../../../electron/engine/sweep/status.ts';
import { SweepAtWork } from '../../../electron/engine/sweep/sweep-at-work.ts';
import { SweepFolder } from '../../../electron/engine/sweep/sweep-folder.ts';
import { Teachers } from '../../../electron/engine/sweep/teachers.ts';
import type { Report } from '../report.ts';
import { SimulatedWorkers } from '../sweep/simulated-workers.ts';

export interface SweepOptions {
  members?: number;
  /** Seconds of work on a member, and of its epochs. */
  memberSeconds?: number;
  epochSeconds?: number;
  onRound?: (done: number, total: number) => void;
}

const workerCounts = [1, 10, 100, 300, 1000];
const seeds = 10;

/** So many settings of one number, each with ten seeds; the teacher is given. */
function sweepOf(members: number) {
  const base = recipeSchema.parse({
    version: 2,
    name: 'simulated',
    teacher: { source: 'run', path: '/teacher' },
    student: { model: { architecture: 'cifar_resnet8' }, training: { stages: [{ epochs: 16 }] } },
  });
  const values = Array.from({ length: Math.ceil(members / seeds) }, (_, i) => 1 + i / 100);
  return sweepSchema.parse({
    version: 1,
    name: 'simulated',
    base,
    axes: [{ name: 'temperature', field: 'distillation.terms[0].temperature', values }],
    seeds: Array.from({ length: seeds }, (_, i) => i + 1),
    budget: { runs: members },
  });
}

/** Processor seconds of this process. */
const processor = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function timed<T>(work: () => T | Promise<T>): Promise<[T, number]> {
  const before = processor();
  return [await work(), processor() - before];
}

async function simulate(
  folder: SweepFolder,
  members: readonly Member[],
  workers: number,
  options: SweepOptions,
) {
  const { memberSeconds = 1050, epochSeconds = 62 } = options;
  const executor = new SimulatedWorkers({
    ...{ workers, memberSeconds, epochSeconds, spread: 0.2, seed: 1 },
    ...{ failureSeconds: 10 * 3600, absentSeconds: 300, leaseSeconds: 30 },
    ...{ lookSeconds: 1, looksBetweenChecks: 30 },
  });
  const teachers = await Teachers.find(folder, members);
  const heap = process.memoryUsage().heapUsed;
  let peak = heap;
  const [, seconds] = await timed(async () => {
    const sweep = new SweepAtWork({ folder, members, teachers, executor });
    let steps = 0;
    const over = { value: false };
    void sweep.ended.then(() => (over.value = true));
    while (!over.value) {
      await setImmediate();
      executor.advance();
      if (steps++ % 100 === 0) peak = Math.max(peak, process.memoryUsage().heapUsed);
    }
  });
  const { now, busySeconds, operations, failures } = executor;
  return {
    workers,
    now,
    idle: 1 - busySeconds / (workers * now),
    operations,
    failures,
    seconds,
    heap: peak - heap,
  };
}

/** Members that pause and are promoted, their scores drawn by their number: the processor time of the schedule alone. */
function halved(members: readonly Member[]): number {
  const jobs = new Jobs({ halving: { factor: 3, minEpochs: 1 } }, members, new Map(), []);
  let count = 0;
  for (let job = jobs.next(); job !== null; job = jobs.next()) {
    count++;
    const score = job.pauseAfter === null ? null : Math.sin(job.index * 12.9898) * job.pauseAfter;
    jobs.ended(job.index, { hasTeacher: true, score });
  }
  return count;
}

/** The coordinator of a sweep with simulated workers: what a sweep of many members on many machines costs it. */
export async function benchSweep(options: SweepOptions): Promise<Report> {
  const { members: count = 10_000, onRound } = options;
  const sweep = sweepOf(count);
  const [members, planning] = await timed(() => membersOf(sweep));
  const out = await mkdtemp(path.join(tmpdir(), 'distill-sweep-bench-'));
  try {
    const start = {
      dataPath: null,
      runtime: runtimeSchema.parse({}),
      atOnce: 1,
      members,
      startedAt: new Date(),
    };
    const [folder, creating] = await timed(() => SweepFolder.create(out, sweep, start));
    const rows: Awaited<ReturnType<typeof simulate>>[] = [];
    for (const workers of workerCounts) {
      onRound?.(rows.length, workerCounts.length);
      rows.push(await simulate(folder, members, workers, options));
    }
    const [, status] = await timed(() => statusOf(folder, null));
    const [jobs, halving] = await timed(() => halved(members));
    const cells = rows.map((row) => [
      String(row.workers),
      duration(row.now),
      percent(row.idle, 1),
      String(row.failures),
      quantity(row.operations),
      (row.operations / row.now).toFixed(1),
      duration(row.seconds),
      bytes(Math.max(0, row.heap)),
    ]);
    const head = [
      'workers',
      'sweep takes',
      'idle',
      'failures',
      'operations',
      'a second',
      'processor',
      'heap',
    ];
    const text = [
      table([head, ...cells], 'rrrrrrrr'),
      '',
      `Members planned and checked: ${duration(planning)}; folder made: ${duration(creating)}; status: ${duration(status)}.`,
      `${quantity(jobs)} jobs with halving scheduled: ${duration(halving)}.`,
    ].join('\n');
    const data = { members: count, rows, planning, creating, status, halving, jobs };
    return { bench: 'sweep', title: `A sweep of ${count} members on simulated workers`, text, data };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
