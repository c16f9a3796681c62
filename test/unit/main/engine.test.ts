import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { UtilityProcess } from 'electron';
import { superviseEngine } from '../../../electron/host/supervisor.ts';
import { forkEngine } from '../../../electron/main/engine-process.ts';
import { setupEnginePorts } from '../../../electron/main/engine-ports.ts';
import type { UtilityElectron } from '../../../electron/main/utility-process.ts';

/** One end of a MessageChannelMain, which hands messages over later. */
class FakePort extends EventEmitter {
  other: FakePort | null = null;
  postMessage(message: unknown): void {
    const { other } = this;
    queueMicrotask(() => other?.emit('message', { data: message }));
  }
  start = () => undefined;
  close(): void {
    this.emit('close');
    this.other?.emit('close');
  }
}

/** A utility process whose engine answers pings, until it hangs. */
class FakeProcess extends EventEmitter {
  readonly pid: number | undefined = undefined;
  readonly stdout = null;
  readonly stderr = null;
  readonly ports: FakePort[] = [];
  readonly messages: unknown[] = [];
  isHanging = false;
  postMessage(message: unknown, ports: FakePort[]): void {
    this.messages.push(message);
    for (const port of ports) {
      this.ports.push(port);
      port.on('message', ({ data }: { data: { kind: string; answer?: boolean } }) => {
        if (data.kind === 'ping' && !data.answer && !this.isHanging)
          port.postMessage({ kind: 'ping', answer: true });
      });
      // The engine says hello as soon as it serves a client.
      queueMicrotask(() => {
        if (!this.isHanging) port.postMessage({ kind: 'hello', version: 1 });
      });
    }
  }
  end(code: number): void {
    for (const port of this.ports) port.close();
    this.emit('exit', code);
  }
  kill(): boolean {
    this.end(137);
    return true;
  }
}

class FakePage {
  readonly received: [string, unknown, unknown][] = [];
  destroyed = false;
  isDestroyed = () => this.destroyed;
  postMessage(channel: string, message: unknown, ports: unknown[]): void {
    this.received.push([channel, message, ports[0]]);
  }
}

function make({ isHanging = false } = {}) {
  const processes: FakeProcess[] = [];
  const forked: { module: string; args: string[]; options: Parameters<UtilityElectron['fork']>[2] }[] = [];
  const reported: string[] = [];
  const electron = {
    fork(module: string, args: string[], options: Parameters<UtilityElectron['fork']>[2]) {
      const process = new FakeProcess();
      process.isHanging = isHanging;
      processes.push(process);
      forked.push({ module, args, options });
      return process;
    },
    createChannel() {
      const [port1, port2] = [new FakePort(), new FakePort()];
      port1.other = port2;
      port2.other = port1;
      return { port1, port2 };
    },
  } as unknown as UtilityElectron;
  const supervisor = superviseEngine({
    fork: () => forkEngine(electron, { env: { HOME: '/home/a' }, log: () => undefined }),
    hangMs: 600,
    startMs: 1200,
    backoffMs: 100,
    closeMs: 500,
  });
  const ports = setupEnginePorts(supervisor, (channel, { state }) => reported.push(`${channel} ${state}`));
  return { supervisor, ports, processes, forked, reported };
}

describe("the engine's utility process", () => {
  vi.useFakeTimers();
  afterEach(() => vi.clearAllTimers());
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it('is started with its environment alone: settings that only a Node process reads are left out', () => {
    const { forked } = make();
    expect(forked).toHaveLength(1);
    expect(forked[0]!.module).toMatch(/host[\\/]engine-process\.[jt]s$/);
    expect(forked[0]!.options).toEqual({
      env: { HOME: '/home/a' },
      serviceName: 'Distill Studio engine',
      stdio: 'pipe',
    });
  });

  it('gives a page its port at once, also before it is loaded, past the main process', () => {
    const { ports, processes } = make();
    const page = new FakePage();
    ports.request(page);
    expect(page.received).toEqual([['distill:port', 'distill:engine-port', expect.any(FakePort)]]);
    expect(processes[0]!.messages).toEqual([{ kind: 'client' }, { kind: 'client' }]);
    // The engine has the other end of just this channel.
    expect((page.received[0]![2] as FakePort).other).toBe(processes[0]!.ports[1]);
  });

  it('is started again after a crash; pages are notified, and get a new port', async () => {
    const { ports, processes, reported, supervisor } = make();
    await pass(1);
    expect(supervisor.status.state).toBe('up');
    processes[0]!.end(1);
    expect(supervisor.status).toMatchObject({ state: 'restarting', error: { code: 'ENGINE_GONE' } });
    const page = new FakePage();
    ports.request(page);
    expect(page.received).toEqual([]);
    await pass(110);
    expect(processes).toHaveLength(2);
    expect(reported).toEqual(['distill:engine up', 'distill:engine restarting', 'distill:engine up']);
    expect((page.received[0]![2] as FakePort).other).toBe(processes[1]!.ports.at(-1));
    expect(page.received).toHaveLength(1);
  });

  it('sends nothing to a page that was closed meanwhile', async () => {
    const { ports, processes } = make();
    await pass(1);
    processes[0]!.end(1);
    const page = new FakePage();
    ports.request(page);
    page.destroyed = true;
    await pass(200);
    expect(page.received).toEqual([]);
  });

  it('has its workers started here, with a port of its own to each, and learns of their end', async () => {
    const { processes, forked } = make();
    await pass(1);
    const [engine] = processes;
    engine!.emit('message', { kind: 'start-worker', id: 7, role: 'run' });
    expect(forked[1]!.module).toMatch(/host[\\/]worker-process\.[jt]s$/);
    expect(forked[1]!.args).toEqual(['run']);
    expect(forked[1]!.options.serviceName).toBe('Distill Studio worker (run)');
    const worker = processes[1]!;
    expect(worker.messages).toEqual([{ kind: 'client' }]);
    expect(engine!.messages.at(-1)).toEqual({ kind: 'worker', id: 7 });
    expect(engine!.ports.at(-1)!.other).toBe(worker.ports[0]);
    engine!.emit('message', { kind: 'kill-worker', id: 7 });
    expect(engine!.messages.at(-1)).toEqual({ kind: 'worker-exit', id: 7, reason: 'exit code 137' });
    // What is no request is left alone, and so is a worker that is gone.
    engine!.emit('message', { kind: 'start-worker', id: 8, role: 'else' });
    engine!.emit('message', { kind: 'kill-worker', id: 7 });
    expect(processes).toHaveLength(2);
  });

  it('says of what V8 died', async () => {
    const { processes, supervisor } = make();
    await pass(1);
    processes[0]!.emit('error', 'FatalError', 'Heap::AllocateRaw', '{}');
    processes[0]!.end(133);
    expect(supervisor.status.error!.message).toContain(
      '(FatalError of V8 in Heap::AllocateRaw, exit code 133)',
    );
  });

  it('that hangs is killed and started again', async () => {
    const { processes, supervisor } = make();
    await pass(1);
    processes[0]!.isHanging = true;
    await pass(2000);
    expect(processes.length).toBe(2);
    expect(supervisor.status.state).toBe('up');
  });

  it('is killed for good by a signal that a hung one cannot ignore', () => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    const child = Object.assign(new FakeProcess(), { pid: 4242 });
    const electron = { fork: () => child as unknown as UtilityProcess, createChannel: () => ({}) };
    forkEngine(electron as unknown as UtilityElectron, { log: () => undefined }).kill();
    expect(kill).toHaveBeenCalledWith(4242, 'SIGKILL');
    kill.mockRestore();
  });

  it('is started three times again and no more, until somebody asks', async () => {
    const { processes, supervisor, reported, ports } = make();
    for (let crash = 0; crash < 4; crash++) {
      await pass(1);
      processes.at(-1)!.end(1);
      await pass(1000);
    }
    expect(processes).toHaveLength(4);
    expect(supervisor.status.state).toBe('failed');
    expect(reported.at(-1)).toBe('distill:engine failed');
    const page = new FakePage();
    ports.request(page);
    await pass(10_000);
    expect(page.received).toEqual([]);
    supervisor.restart();
    await pass(10);
    expect(processes).toHaveLength(5);
    expect(page.received).toHaveLength(1);
  });

  it('is asked to end in order, then killed', async () => {
    const { processes, supervisor } = make();
    await pass(1);
    const closed = supervisor.close();
    expect(processes[0]!.messages.at(-1)).toEqual({ kind: 'shutdown' });
    await pass(600);
    await closed;
    expect(processes).toHaveLength(1);
  });
});
