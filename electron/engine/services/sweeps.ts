import path from 'node:path';
import type { CallContext } from '../../contract/method.ts';
import type { Runtime } from '../../contract/runtime.ts';
import type { Sweep } from '../../contract/sweep/sweep.ts';
import type { AnsweringHandlers } from '../../contract/services.ts';
import type { ActiveSweeps } from '../sweep/active-sweeps.ts';
import { checkWays } from '../queue/open-executor.ts';
import type { Queues } from '../queue/queues.ts';
import { moveToTrash } from '../run-folder/trash-folder.ts';
import { checkMounted, clusterRuntime, writeCluster } from '../sweep/cluster/write-cluster.ts';
import { checkSweep } from '../sweep/check-sweep.ts';
import { listSweeps, requireSweep } from '../sweep/list-sweeps.ts';
import { type Member, planMembers } from '../sweep/members.ts';
import { requireIdle, requireIndependent } from '../sweep/single-member.ts';
import { SweepFolder } from '../sweep/sweep-folder.ts';
import type { Workers } from '../work/workers.ts';

interface NewSweep {
  sweep: Sweep;
  /** Takes the place of the base recipe's own dataset. */
  data: string | null;
  /** The folder that the sweep's own folder is made in. */
  out: string;
  runtime: Runtime;
  atOnce: number;
}

/** Checks a sweep and makes its folder. */
async function createSweep(
  { sweep, data, out, runtime, atOnce }: NewSweep,
  workers: Workers,
  { signal, progress }: CallContext,
): Promise<{ folder: SweepFolder; members: Member[] }> {
  const members = await planMembers(sweep);
  await checkSweep(members, (recipe) =>
    workers.inShared(({ work }) =>
      work.preflight({ recipe, dataPath: data, out }, { signal, onProgress: progress }),
    ),
  );
  const start = { dataPath: data, runtime, atOnce, members, startedAt: new Date() };
  return { folder: await SweepFolder.create(out, sweep, start), members };
}

export const sweepsHandlers = (
  active: ActiveSweeps,
  workers: Workers,
  queues: Queues,
): AnsweringHandlers['sweeps'] => ({
  async start({ queue, ...given }, context) {
    if (queue) checkWays(queue, given.out);
    const { folder, members } = await createSweep(given, workers, context);
    await active.launch(folder, members, {}, queue && (await queues.executor(queue)));
    return { folder: folder.folder };
  },

  async resume({ folder, data, atOnce, queue }) {
    const opened = await SweepFolder.open(folder);
    if (queue) checkWays(queue, opened.folder);
    const changes = { ...(data !== null && { dataPath: data }), ...(atOnce !== null && { atOnce }) };
    const members = await planMembers(opened.sweep);
    await requireIdle(opened, members.length);
    const executor = queue && (await queues.executor(queue));
    await active.launch(opened, members, changes, executor);
    return { folder: opened.folder };
  },

  async write({ scheduler, ...given }, context) {
    const { sweep, data, out } = given;
    requireIndependent(sweep);
    checkMounted(scheduler, sweep, data, path.resolve(out));
    const planned = { ...given, out: path.resolve(out), runtime: clusterRuntime(given.runtime), atOnce: 1 };
    const { folder, members } = await createSweep(planned, workers, context);
    return writeCluster(folder, members, scheduler);
  },

  async member({ folder, index }, { signal }) {
    return { folder: await active.launchMember(await SweepFolder.open(folder), index, signal) };
  },

  async work(offer, context) {
    await queues.work(offer, context);
    return null;
  },

  async stop({ folder }) {
    await active.stop(folder);
    return null;
  },

  wait: ({ folder }, context) => active.wait(folder, context),
  status: ({ folder }) => active.status(folder),
  list: ({ out }) => listSweeps(out),
  trash: ({ folder }) => moveToTrash(folder, { noun: 'sweep', require: requireSweep }),
});
