import { DistillError } from '../../contract/errors.ts';
import { workTopic, type WorkHandlers } from '../../contract/worker.ts';
import { readRecipe } from '../../platform/recipe-file.ts';
import type { EventBus } from '../events.ts';
import { preflight } from '../run/preflight.ts';
import { RunAtWork } from '../run/run-at-work.ts';
import { probesFile, readProbeLog } from '../run-folder/probe-log.ts';
import { fileOfRun } from '../run-folder/record.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { clearStorage } from '../user/storage.ts';

/** What the engine asks of a worker by itself; `setBusy` is called when it hears that a run is at work, or none any more. */
export function workHandlers(events: EventBus, setBusy: (value: boolean) => void): WorkHandlers['work'] {
  let run: RunAtWork | null = null;
  const taken = (): RunAtWork => {
    if (run) return run;
    throw new DistillError('INTERNAL', 'No run was given to this worker.');
  };
  return {
    setBusy({ value }) {
      setBusy(value);
      return Promise.resolve(null);
    },
    async preflight(planned, context) {
      await preflight(planned, context);
      return null;
    },
    result: async ({ folder }) => (await RunFolder.open(folder)).result(),
    probes: async ({ folder }) => readProbeLog(await fileOfRun(folder, probesFile)),
    dataset: async ({ folder }) => (await RunFolder.open(folder)).dataset(),
    recipe: ({ file }) => readRecipe(file),
    clearStorage: ({ inUse, ...area }, context) => clearStorage(area, inUse, context),
    async take({ folder, token }) {
      const held = await RunFolder.takeOver(folder, token);
      run = new RunAtWork(held, (event) => events.publish(workTopic, event));
      return null;
    },
    async execute(how, { signal }) {
      const mine = taken();
      // The engine never breaks off this call: it is gone.
      signal.addEventListener('abort', () => mine.abandon());
      return mine.execute(how);
    },
    async stop({ mode }) {
      await taken().stop(mode);
      return null;
    },
  };
}
