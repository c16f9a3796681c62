import { DistillError, toErrorValue } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/events.ts';
import { isActive, stateMessage } from '../../contract/run.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import { type RunningWorker, workTopic } from '../../contract/worker.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { withCause, type Workers } from '../work/workers.ts';
import type { ActiveRun } from './active-run.ts';
import { endingOf } from './ending.ts';

interface Execution {
  active: ActiveRun;
  how: Parameters<RunningWorker['client']['work']['execute']>[0];
  workers: Workers;
  publish: (event: RunEvent) => void;
}

/** Works on a run whose turn has come, in a worker of its own. Never rejects: how a run ended is its state. */
export async function executeInWorker(execution: Execution): Promise<RunSummary> {
  const { asked } = execution.active;
  try {
    if (asked === 'cancel' || asked === 'pause')
      throw new DistillError('CANCELLED', 'The run was stopped before it began.');
    return await inWorker(execution);
  } catch (thrown) {
    return keepEnding(execution, thrown);
  }
}

async function inWorker({ active, how, workers, publish }: Execution): Promise<RunSummary> {
  const { run } = active;
  const worker = workers.start('run');
  try {
    const { work } = worker.client;
    worker.client.subscribe(workTopic, publish);
    await work.take({ folder: run.folder, token: run.token! });
    // Held by the worker from here on.
    await run.close();
    const ended = work.execute(how);
    active.worker = worker;
    if (active.asked) void work.stop({ mode: active.asked }).catch(() => undefined);
    return await ended;
  } catch (thrown) {
    throw await withCause(thrown, worker);
  } finally {
    worker.close();
  }
}

/** Keeps the error of a run that no worker holds (any more) with it; where that fails, the next look at it finds it interrupted. */
async function keepEnding({ active, publish }: Execution, thrown: unknown): Promise<RunSummary> {
  const { state, error } = endingOf(toErrorValue(thrown), active.asked === 'cancel' ? 'cancel' : 'pause');
  let { run } = active;
  try {
    if (run.token === null) run = await RunFolder.open(run.folder);
    if (isActive(run.state)) {
      run.log(error.code === 'CANCELLED' ? 'info' : 'error', error.message);
      run.log('info', stateMessage(state));
      await run.setState(state, error);
    }
  } catch (second) {
    run.log('error', `The state could not be kept: ${toErrorValue(second).message}`);
  }
  const level = error.code === 'CANCELLED' ? 'info' : 'warn';
  publish({ type: 'log', level, message: error.message });
  publish({ type: 'state', state, error });
  return run.summary();
}
