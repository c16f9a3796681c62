import type { CallContext } from '../../contract/method.ts';
import type { AnsweringHandlers } from '../../contract/services.ts';
import type { ActiveSweeps } from '../sweep/active-sweeps.ts';
import { checkWays, queueExecutor } from '../queue/open-executor.ts';
import type { QueueWorkers } from '../queue/queue-workers.ts';
import { moveToTrash } from '../run-folder/trash-folder.ts';
import { checkSweep } from '../sweep/check-sweep.ts';
import { listSweeps, requireSweep } from '../sweep/list-sweeps.ts';
import { membersOf } from '../sweep/members.ts';
import { SweepFolder } from '../sweep/sweep-folder.ts';
import type { Workers } from '../work/workers.ts';

export const sweepsHandlers = (
  active: ActiveSweeps,
  workers: Workers,
  queueWorkers: QueueWorkers,
): AnsweringHandlers['sweeps'] => ({
  async start({ sweep, data, out, runtime, atOnce, queue }, { signal, progress }: CallContext) {
    const members = membersOf(sweep);
    if (queue) checkWays(queue, out);
    await checkSweep(members, (recipe) =>
      workers.inShared(({ work }) =>
        work.preflight({ recipe, dataPath: data, out }, { signal, onProgress: progress }),
      ),
    );
    const start = { dataPath: data, runtime, atOnce, members, startedAt: new Date() };
    const folder = await SweepFolder.create(out, sweep, start);
    await active.launch(folder, members, {}, queue && (await queueExecutor(queue, workers)));
    return { folder: folder.folder };
  },

  async resume({ folder, data, atOnce, queue }) {
    const opened = await SweepFolder.open(folder);
    if (queue) checkWays(queue, opened.folder);
    const changes = { ...(data !== null && { dataPath: data }), ...(atOnce !== null && { atOnce }) };
    const executor = queue && (await queueExecutor(queue, workers));
    await active.launch(opened, membersOf(opened.sweep), changes, executor);
    return { folder: opened.folder };
  },

  async work(offer, context) {
    await queueWorkers.work(offer, context);
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
