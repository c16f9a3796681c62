import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  superviseEngine,
  type EngineProcess,
  type EngineStatus,
  type SupervisorOptions,
} from '../../../electron/host/supervisor.ts';
import { memoryTransports } from '../../../electron/rpc/memory.ts';
import { serve } from '../../../electron/rpc/serve.ts';
import type { Transport } from '../../../electron/rpc/transport.ts';
import { fakeEngine } from '../../contract/fake-engine.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface FakeProcess extends EngineProcess {
  /** The engine's libraries are loaded: it answers from now on. */
  load(): void;
  /** It computes and answers nothing. */
  hang(): void;
  exit(code: number | null, reason: string): void;
  asked: string[];
}

function fakeProcess(pid: number): FakeProcess {
  const exits: ((code: number | null, reason: string) => void)[] = [];
  const waiting: Transport[] = [];
  const near: Transport[] = [];
  let [loaded, hanging, gone] = [false, false, false];
  const engine = fakeEngine({ system: { unlinkTensorflow: () => Promise.resolve(null) } });
  const serveOne = (far: Transport): void =>
    serve(
      { ...far, onMessage: (receive) => far.onMessage((message) => hanging || receive(message)) },
      engine,
    );
  const process: FakeProcess = {
    pid,
    asked: [],
    open() {
      const [left, far] = memoryTransports();
      near.push(left);
      if (loaded) serveOne(far);
      else waiting.push(far);
      return left;
    },
    onExit: (listener) => exits.push(listener),
    shutdown: () => process.asked.push('shutdown'),
    kill() {
      process.asked.push('kill');
      setTimeout(() => process.exit(null, 'signal SIGKILL'), 5);
    },
    load() {
      loaded = true;
      waiting.splice(0).forEach(serveOne);
    },
    hang: () => (hanging = true),
    exit(code, reason) {
      if (gone) return;
      gone = true;
      for (const transport of near) transport.close();
      for (const listener of exits) listener(code, reason);
    },
  };
  return process;
}

function supervise(options: Partial<SupervisorOptions<FakeProcess>> = {}) {
  const processes: FakeProcess[] = [];
  const reported: EngineStatus[] = [];
  const supervisor = superviseEngine({
    fork() {
      const process = fakeProcess(100 + processes.length);
      processes.push(process);
      return process;
    },
    timers: {
      now: () => Date.now(),
      after(ms, callback) {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    },
    ...options,
  });
  supervisor.onStatus((status) => reported.push(status));
  return { supervisor, processes, reported, states: () => reported.map(({ state }) => state) };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('is up with the first sign of life, and serves clients that came before it', async () => {
  const { supervisor, processes, states } = supervise();
  expect(supervisor.status).toEqual({ state: 'starting', error: null });
  const early = supervisor.client().system.unlinkTensorflow({});
  await pass(1500);
  expect(states()).toEqual([]);
  processes[0]!.load();
  await pass(0);
  expect(states()).toEqual(['up']);
  await expect(early).resolves.toBeNull();
});

it('starts a crashed engine again, and notifies pending calls and listeners', async () => {
  const { supervisor, processes, reported, states } = supervise();
  processes[0]!.load();
  await pass(0);
  processes[0]!.hang();
  const lost = supervisor
    .client()
    .runs.list({ out: '/r' })
    .catch((error: unknown) => error);
  processes[0]!.exit(null, 'signal SIGKILL');
  await pass(0);
  expect(await lost).toMatchObject({ code: 'ENGINE_GONE' });
  expect(reported.at(-1)).toMatchObject({
    state: 'restarting',
    error: {
      code: 'ENGINE_GONE',
      message: expect.stringContaining('signal SIGKILL') as string,
      retryable: true,
    },
  });
  expect(() => supervisor.open()).toThrow(expect.objectContaining({ code: 'ENGINE_GONE' }) as Error);
  expect(supervisor.process).toBeNull();
  await pass(999);
  expect(processes).toHaveLength(1);
  await pass(1);
  expect(processes).toHaveLength(2);
  processes[1]!.load();
  await pass(0);
  expect(states()).toEqual(['up', 'restarting', 'up']);
  await expect(supervisor.client().system.unlinkTensorflow({})).resolves.toBeNull();
});

it('waits 1, 2 and 4 s before its three restarts within 5 minutes, then gives up until it is asked', async () => {
  const { supervisor, processes, reported, states } = supervise();
  for (const [restart, wait] of [1000, 2000, 4000].entries()) {
    processes[restart]!.exit(1, 'exit code 1');
    await pass(wait - 1);
    expect(processes).toHaveLength(restart + 1);
    await pass(1);
    expect(processes).toHaveLength(restart + 2);
  }
  processes[3]!.exit(1, 'exit code 1');
  expect(reported.at(-1)).toMatchObject({ state: 'failed', error: { code: 'ENGINE_GONE', retryable: true } });
  expect(reported.at(-1)!.error!.message).toContain('4 times');
  await pass(3_600_000);
  expect(processes).toHaveLength(4);
  expect(() => supervisor.client()).toThrow(reported.at(-1)!.error!.message);

  supervisor.restart();
  expect(processes).toHaveLength(5);
  processes[4]!.load();
  await pass(0);
  expect(states().slice(-3)).toEqual(['failed', 'starting', 'up']);
  supervisor.restart();
  expect(processes).toHaveLength(5);
  processes[4]!.exit(1, 'exit code 1');
  await pass(1000);
  expect(processes).toHaveLength(6);
});

it('forgets restarts that are older than the window', async () => {
  const { processes, states } = supervise();
  for (let crash = 0; crash < 12; crash++) {
    processes[crash]!.load();
    await pass(120_000);
    processes[crash]!.exit(1, 'exit code 1');
    await pass(4000);
  }
  expect(states()).not.toContain('failed');
  expect(processes).toHaveLength(13);
});

it('kills an engine without a sign of life for 30 s, and leaves one alone that is busy for less', async () => {
  const { processes, reported } = supervise();
  processes[0]!.load();
  await pass(600_000);
  expect(processes[0]!.asked).toEqual([]);
  processes[0]!.hang();
  await pass(24_000);
  expect(processes[0]!.asked).toEqual([]);
  await pass(12_000);
  expect(processes[0]!.asked).toEqual(['kill']);
  expect(reported.at(-1)!.error!.message).toContain('no sign of life for 30 s');
  expect(processes).toHaveLength(2);
});

it('reports at once that it kills, not only when the process is gone', async () => {
  const { processes, supervisor, states } = supervise();
  processes[0]!.load();
  await pass(0);
  processes[0]!.kill = () => processes[0]!.asked.push('kill');
  processes[0]!.hang();
  await pass(36_000);
  expect(processes[0]!.asked).toEqual(['kill']);
  expect(states()).toEqual(['up', 'restarting']);
  expect(() => supervisor.client()).toThrow('no sign of life for 30 s');
  processes[0]!.exit(null, 'signal SIGKILL');
  await pass(1000);
  expect(processes).toHaveLength(2);
});

it('gives an engine longer to load than to answer', async () => {
  const { processes } = supervise();
  await pass(119_000);
  expect(processes[0]!.asked).toEqual([]);
  await pass(2000);
  expect(processes[0]!.asked).toEqual(['kill']);
});

it('does not take a machine that slept for an engine that hangs', async () => {
  let now = 0;
  let due: (() => void)[] = [];
  const { processes } = supervise({
    timers: {
      now: () => now,
      after(_ms, callback) {
        due.push(callback);
        return () => (due = due.filter((other) => other !== callback));
      },
    },
  });
  processes[0]!.load();
  for (let beat = 0; beat < 20; beat++) {
    // Each timer comes an hour late.
    now += 3_600_000;
    for (const callback of due.splice(0)) callback();
    await pass(0);
  }
  expect(processes[0]!.asked).toEqual([]);
});

it('counts an engine that cannot even be forked as one that crashed', async () => {
  const fork = vi.fn<() => FakeProcess>(() => {
    throw Object.assign(new Error('spawn EAGAIN'), { code: 'EAGAIN' });
  });
  const supervisor = superviseEngine({ fork });
  await pass(60_000);
  expect(fork).toHaveBeenCalledTimes(4);
  expect(supervisor.status).toMatchObject({ state: 'failed' });
  expect(supervisor.status.error!.message).toContain('spawn EAGAIN');
});

it('ends in order: asks, waits, does not start again', async () => {
  const { supervisor, processes, states } = supervise();
  processes[0]!.load();
  await pass(0);
  const closed = vi.fn();
  void supervisor.close().then(closed);
  expect(supervisor.close()).toBe(supervisor.close());
  await pass(20_000);
  expect(processes[0]!.asked).toEqual(['shutdown']);
  expect(closed).not.toHaveBeenCalled();
  processes[0]!.exit(0, 'exit code 0');
  await pass(600_000);
  expect(closed).toHaveBeenCalled();
  expect(processes).toHaveLength(1);
  expect(states()).toEqual(['up']);
});

it('kills what does not end in time, and ends at once while it waits for a restart', async () => {
  const slow = supervise();
  const closed = slow.supervisor.close();
  await pass(30_010);
  await closed;
  expect(slow.processes[0]!.asked).toEqual(['shutdown', 'kill']);

  const patient = supervise();
  const saved = patient.supervisor.close(60_000);
  await pass(59_000);
  expect(patient.processes[0]!.asked).toEqual(['shutdown']);
  await pass(1010);
  await saved;
  expect(patient.processes[0]!.asked).toEqual(['shutdown', 'kill']);

  const waiting = supervise();
  waiting.processes[0]!.exit(1, 'exit code 1');
  await waiting.supervisor.close();
  await pass(60_000);
  expect(waiting.processes).toHaveLength(1);
});
