import { MessageChannel } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';
import { utilityParent } from '../../../electron/host/parent.ts';
import { workersBy } from '../../../electron/host/worker-link.ts';
import { connect } from '../../../electron/rpc/connect.ts';
import type { MessagePortMainLike } from '../../../electron/rpc/message-port-main.ts';
import { messagePortTransport } from '../../../electron/rpc/message-port.ts';
import { memoryTransports } from '../../../electron/rpc/memory.ts';
import { serve, serveWorker, type WorkerLike } from '../../../electron/rpc/serve.ts';
import { fakeEngine } from '../../contract/fake-engine.ts';
import { portMain } from '../../support/port-main.ts';

it("serves every port that Electron's main process transfers, and ends when it is asked", async () => {
  let say: (event: { data: unknown; ports: MessagePortMainLike[] }) => void = () => undefined;
  const reported: unknown[] = [];
  const parent = utilityParent({
    on: (_event, listener) => (say = listener),
    postMessage: (message) => reported.push(message),
  });
  const engine = fakeEngine({ system: { unlinkTensorflow: () => Promise.resolve(null) } });
  const windows = [0, 1].map(() => {
    const { port1, port2 } = new MessageChannel();
    // One comes before the engine is loaded.
    say({ data: { kind: 'client' }, ports: [portMain(port2)] });
    return connect(messagePortTransport(port1));
  });
  const call = windows[0]!.system.unlinkTensorflow({});
  parent.onClient((client) => serve(client, engine));
  await expect(call).resolves.toBeNull();
  await expect(windows[1]!.system.unlinkTensorflow({})).resolves.toBeNull();

  const end = vi.fn();
  parent.onEnd(end);
  for (const data of [null, 7, {}, { kind: 'else' }]) say({ data, ports: [] });
  expect(end).not.toHaveBeenCalled();
  say({ data: { kind: 'shutdown' }, ports: [] });
  expect(end).toHaveBeenCalledOnce();
  expect(reported).toEqual([]);
  for (const window of windows) window.close();
});

it("asks Electron's main process for a worker, whose port comes later, and hears of its end", async () => {
  let say: (event: { data: unknown; ports: MessagePortMainLike[] }) => void = () => undefined;
  const asked: unknown[] = [];
  const parent = utilityParent({
    on: (_event, listener) => (say = listener),
    postMessage: (message) => asked.push(message),
  });
  const log = vi.fn();
  const start = workersBy(parent.forkWorker, log);
  const worker = start('own');
  expect(asked).toEqual([{ kind: 'start-worker', id: 0, role: 'own' }]);
  const call = worker.client.work.setBusy({ value: true });
  const { port1, port2 } = new MessageChannel();
  say({ data: { kind: 'worker', id: 0 }, ports: [portMain(port1)] });
  const busy = vi.fn<WorkerLike['handlers']['work']['setBusy']>(() => Promise.resolve(null));
  const handlers = { work: { setBusy: busy } } as unknown as WorkerLike['handlers'];
  const events = { subscribe: () => () => undefined };
  const served = serveWorker(messagePortTransport(port2), {
    handlers,
    events,
    close: () => Promise.resolve(),
  });
  await expect(call).resolves.toBeNull();
  expect(busy.mock.calls[0]![0]).toEqual({ value: true });

  worker.close();
  await served;
  say({ data: { kind: 'worker-exit', id: 0, reason: 'exit code 0' }, ports: [] });
  expect(await worker.ended).toBe('exit code 0');
  await expect(worker.client.work.setBusy({ value: true })).rejects.toMatchObject({ code: 'ENGINE_GONE' });

  // One that dies before its port has come.
  const dying = start('run');
  const lost = dying.client.work.execute({ resume: false });
  say({ data: { kind: 'worker-exit', id: 1, reason: 'exit code 9' }, ports: [] });
  await expect(lost).rejects.toMatchObject({ code: 'ENGINE_GONE' });
  expect(await dying.ended).toBe('exit code 9');
  expect(asked).toHaveLength(2);
});

it('kills a worker that gives no sign of life, and one that does not end', async () => {
  vi.useFakeTimers();
  try {
    const kill = vi.fn();
    const start = workersBy(
      () => ({ transport: memoryTransports()[0], onExit: () => undefined, kill }),
      vi.fn(),
      1000,
    );
    const silent = start('run').client.work.execute({ resume: false });
    const gone = expect(silent).rejects.toMatchObject({ code: 'ENGINE_GONE' });
    await vi.advanceTimersByTimeAsync(3000);
    expect(kill).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1000);
    expect(kill).toHaveBeenCalledOnce();
    await gone;
    const slow = start('own');
    slow.close();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(kill).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(kill).toHaveBeenCalledTimes(2);
  } finally {
    vi.useRealTimers();
  }
});
