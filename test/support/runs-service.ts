import { EventBus } from '../../electron/engine/events.ts';
import { ActiveRuns } from '../../electron/engine/run/active-runs.ts';
import { runsHandlers } from '../../electron/engine/services/runs.ts';
import { Workers } from '../../electron/engine/work/workers.ts';

/** The methods of runs that the engine answers without a worker, none of which may start one. */
export const workers = new Workers(() => {
  throw new Error('This test starts no worker.');
});
export const runsService = runsHandlers(new ActiveRuns(new EventBus(), workers), workers);
