import { expect, test } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import type { RunningWorker, WorkerRole } from '../../../electron/contract/worker.ts';
import { Workers } from '../../../electron/engine/work/workers.ts';

interface Started extends RunningWorker {
  role: WorkerRole;
  reported: boolean[];
  isLetGo: boolean;
  end(how: string): void;
}

function make() {
  const started: Started[] = [];
  const workers = new Workers((role) => {
    const reported: boolean[] = [];
    let end: (how: string) => void = () => undefined;
    const ended = new Promise<string>((resolve) => (end = resolve));
    const setBusy = ({ value }: { value: boolean }) => {
      reported.push(value);
      return Promise.resolve(null);
    };
    const client = { work: { setBusy } } as unknown as RunningWorker['client'];
    const worker: Started = {
      ...{ role, reported, client, ended, end, isLetGo: false },
      close() {
        worker.isLetGo = true;
        end('exit code 0');
      },
    };
    started.push(worker);
    return worker;
  });
  return { workers, started };
}

const gone = () => Promise.reject(new DistillError('ENGINE_GONE', 'The engine stopped.', '-'));

test('short calls share a worker, long ones have their own, which ends with them', async () => {
  const { workers, started } = make();
  await workers.inShared(() => Promise.resolve(1));
  await workers.inShared(() => Promise.resolve(2));
  expect(await workers.inOwn(() => Promise.resolve(3))).toBe(3);
  await expect(workers.inOwn(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(started.map(({ role, isLetGo }) => [role, isLetGo])).toEqual([
    ['shared', false],
    ['own', true],
    ['own', true],
  ]);
});

test('the call that a worker died of says how; the next one has a new worker', async () => {
  const { workers, started } = make();
  const call = workers.inShared(gone);
  started[0]!.end('signal SIGKILL');
  await expect(call).rejects.toMatchObject({
    code: 'WORKER_GONE',
    message: 'The process that worked on this ended unexpectedly (signal SIGKILL).',
    retryable: true,
  });
  expect(await workers.inShared(() => Promise.resolve('again'))).toBe('again');
  expect(started).toHaveLength(2);
});

test('every worker learns whether a run is at work, also one that is started meanwhile', () => {
  const { workers, started } = make();
  workers.shared();
  workers.isBusy = true;
  workers.isBusy = true;
  workers.start('own');
  workers.isBusy = false;
  expect(started.map(({ reported }) => reported)).toEqual([
    [true, false],
    [true, false],
  ]);
});

test('closed, it ends all of them and starts no more', async () => {
  const { workers, started } = make();
  workers.shared();
  workers.start('run');
  await workers.close();
  expect(started.every(({ isLetGo }) => isLetGo)).toBe(true);
  expect(() => workers.start('run')).toThrow('is ending');
});
