import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DistillError } from '../../../../electron/contract/errors.ts';
import { memoryTransports } from '../../../../electron/rpc/memory.ts';
import { protocolVersion } from '../../../../electron/rpc/protocol.ts';
import type { Transport } from '../../../../electron/rpc/transport.ts';
import { EngineLink } from '../../../../renderer/client/engine-link.ts';
import type { EngineStatus, Host } from '../../../../renderer/host/host.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const gone = () => new DistillError('ENGINE_GONE', 'The server does not respond.', 'Start it again.');

/** A host whose engine can be there or not. */
function fakeHost() {
  const fake = {
    isThere: true,
    /** Whether the host lets in the window, but the engine does not greet it. */
    isSilent: false,
    tries: 0,
    restarts: 0,
    tell: ((): void => undefined) as (status: EngineStatus) => void,
    /** Ends the connection of now. */
    cut: (): void => undefined,
  };
  const parts: Pick<Host, 'connect' | 'onEngine' | 'restartEngine'> = {
    connect(): Promise<Transport> {
      fake.tries++;
      if (!fake.isThere) return Promise.reject(gone());
      const [near, far] = memoryTransports();
      fake.cut = () => far.close();
      // As the engine does when it is there.
      if (!fake.isSilent) far.post({ kind: 'hello', version: protocolVersion });
      return Promise.resolve(near);
    },
    onEngine(listener) {
      fake.tell = listener;
      return () => undefined;
    },
    restartEngine() {
      fake.restarts++;
      return Promise.resolve();
    },
  };
  return { fake, link: new EngineLink(parts as Host) };
}

async function connected() {
  const { fake, link } = fakeHost();
  fake.tell({ state: 'up', error: null });
  await vi.advanceTimersByTimeAsync(0);
  expect(link.state.value).toBe('up');
  return { fake, link };
}

it('says why a server that has died cannot be reached, goes on trying, and is back with it', async () => {
  const { fake, link } = await connected();
  fake.isThere = false;
  fake.cut();
  fake.tell({ state: 'lost', error: null });
  await vi.advanceTimersByTimeAsync(0);
  expect(link.state.value).toBe('restarting');
  // 0.5 s, 1 s and 2 s: then it is no restart any more.
  await vi.advanceTimersByTimeAsync(3400);
  expect(link.state.value).toBe('restarting');
  await vi.advanceTimersByTimeAsync(200);
  expect(link.state.value).toBe('unreachable');
  expect(link.error.value).toEqual({
    code: 'ENGINE_GONE',
    message: 'The server does not respond.',
    hint: 'Start it again.',
    retryable: false,
  });
  const before = fake.tries;
  await vi.advanceTimersByTimeAsync(60_000);
  // One at a time, every five seconds.
  expect(fake.tries - before).toBe(12);
  expect(link.state.value).toBe('unreachable');

  fake.isThere = true;
  const { value } = link.generation;
  await vi.advanceTimersByTimeAsync(5000);
  expect([link.state.value, link.error.value, link.generation.value]).toEqual(['up', null, value + 1]);
});

it('tries at once where the person asks for it, and leaves the restart to a host that is there', async () => {
  const { fake, link } = await connected();
  fake.isThere = false;
  fake.cut();
  await vi.advanceTimersByTimeAsync(10_000);
  await expect(link.restart()).rejects.toMatchObject({ code: 'ENGINE_GONE' });
  fake.isThere = true;
  await link.restart();
  await vi.advanceTimersByTimeAsync(0);
  expect([link.state.value, fake.restarts]).toEqual(['up', 0]);

  fake.tell({ state: 'failed', error: null });
  await link.restart();
  expect(fake.restarts).toBe(1);
});

it('does not try while the host reports that it starts the engine again, but does once the host is lost', async () => {
  const { fake, link } = await connected();
  fake.tell({ state: 'restarting', error: null });
  fake.cut();
  const before = fake.tries;
  await vi.advanceTimersByTimeAsync(30_000);
  expect([fake.tries, link.state.value]).toEqual([before, 'restarting']);
  fake.isThere = false;
  fake.tell({ state: 'lost', error: null });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(link.state.value).toBe('unreachable');
});

it('is not up before the engine greets', async () => {
  const { fake, link } = fakeHost();
  fake.isSilent = true;
  await link.client();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(link.state.value).toBe('connecting');
  fake.isSilent = false;
  fake.cut();
  await vi.advanceTimersByTimeAsync(1000);
  expect(link.state.value).toBe('up');
});
