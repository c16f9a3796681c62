import { afterEach, describe, expect, it, vi } from 'vitest';
import { DistillError, type ErrorValue } from '../../electron/contract/errors.ts';
import type { Handlers } from '../../electron/contract/services.ts';
import { connect } from '../../electron/rpc/connect.ts';
import { messageLimits } from '../../electron/rpc/limits.ts';
import { type Message, protocolVersion } from '../../electron/rpc/protocol.ts';
import { mostCalls, serve } from '../../electron/rpc/serve.ts';
import type { Transport } from '../../electron/rpc/transport.ts';
import { transports } from '../support/transports.ts';
import { fakeEngine, fakeSummary, type Overrides } from './fake-engine.ts';

const open: Transport[] = [];
afterEach(() => {
  for (const transport of open.splice(0)) transport.close();
});

const failure = (promise: Promise<unknown>): Promise<ErrorValue> =>
  promise.then(
    () => Promise.reject(new Error('the call should have failed')),
    (error: unknown) => {
      expect(error).toBeInstanceOf(DistillError);
      return error as DistillError;
    },
  );

describe.each(Object.keys(transports))('the contract over %s', (name) => {
  async function start(overrides: Overrides = {}) {
    const [near, far] = await transports[name]!();
    open.push(near, far);
    const engine = fakeEngine(overrides);
    const log = vi.fn<(message: string, thrown?: unknown) => void>();
    serve(far, engine, log);
    return { near, far, engine, log, client: connect(near) };
  }

  const sample = { folder: '/s', train: 3870, test: 860 };

  it('passes the input with its defaults written out, and gives the result back', async () => {
    const handler = vi.fn<Handlers['dataset']['sample']>(() => Promise.resolve(sample));
    const { client } = await start({ dataset: { sample: handler } });
    await expect(client.dataset.sample({ folder: '/s', seed: 7 })).resolves.toEqual(sample);
    expect(handler.mock.calls[0]![0]).toEqual({
      folder: '/s',
      seed: 7,
      tracksPerClass: 12,
      testPerClass: 20,
    });
  });

  it('gives null for a method without a value, and keeps calls apart', async () => {
    const stop: Handlers['runs']['stop'] = () => Promise.resolve(null);
    const list: Handlers['runs']['list'] = async ({ out }) => {
      if (out === '/slow') await new Promise((resolve) => setTimeout(resolve, 10));
      return [fakeSummary({ folder: out })];
    };
    const { client } = await start({ runs: { stop, list } });
    const [slow, fast, nothing] = await Promise.all([
      client.runs.list({ out: '/slow' }),
      client.runs.list({ out: '/fast' }),
      client.runs.stop({ folder: '/r' }),
    ]);
    expect([slow[0]!.folder, fast[0]!.folder, nothing]).toEqual(['/slow', '/fast', null]);
  });

  it('refuses a wrong input where it arrives, by the path of the wrong value', async () => {
    const handler = vi.fn<Handlers['dataset']['sample']>(() => Promise.resolve(sample));
    const { client } = await start({ dataset: { sample: handler } });
    const error = await failure(client.dataset.sample({ folder: '/s', tracksPerClass: 0 }));
    expect(error).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'dataset.sample: tracksPerClass: expected at least 1, got 0.',
      hint: expect.stringMatching(/\S/) as string,
    });
    expect(handler).not.toHaveBeenCalled();
  });

  it('turns what a handler throws into an error value and keeps the stack to its log', async () => {
    const missing = Object.assign(new Error("ENOENT: no such file, open '/x'"), { code: 'ENOENT' });
    const { client, log } = await start({
      system: {
        doctor: () => Promise.reject(new DistillError('BACKEND_UNAVAILABLE', 'No GPU.', 'Use cpu.')),
      },
      dataset: { inspect: () => Promise.reject(missing) },
    });
    const own = await failure(client.system.doctor({}));
    expect({ ...own }).toMatchObject({ code: 'BACKEND_UNAVAILABLE', hint: 'Use cpu.', retryable: false });
    expect(own.message).toBe('No GPU.');
    expect(await failure(client.dataset.inspect({ path: '/x' }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(log.mock.calls.map(([, thrown]) => thrown)).toContain(missing);
  });

  it('answers calls of unknown services and methods, inherited names too', async () => {
    const { near, far } = await start();
    const answers: Message[] = [];
    near.onMessage((message) => answers.push(message as Message));
    const names = [
      ['nothing', 'at'],
      ['runs', 'delete'],
      ['constructor', 'name'],
      ['runs', 'toString'],
    ] as const;
    names.forEach(([service, method], id) =>
      near.post({ kind: 'call', id: 100 + id, service, method, input: {} }),
    );
    await vi.waitFor(() =>
      expect(answers.filter(({ kind }) => kind === 'result')).toHaveLength(names.length),
    );
    for (const answer of answers) {
      if (answer.kind !== 'result') continue;
      expect(answer.outcome).toMatchObject({ ok: false, error: { code: 'INVALID_INPUT' } });
    }
    far.close();
  });

  it('reports the progress of a call to its caller only', async () => {
    const inspect: Handlers['dataset']['inspect'] = (_input, { progress }) => {
      progress({ done: 1, total: 3 });
      progress({ done: 3, total: 3 });
      return Promise.reject(new DistillError('DATASET_EMPTY', 'Empty.', 'Add images.'));
    };
    const { client } = await start({ dataset: { inspect } });
    const onProgress = vi.fn();
    const other = vi.fn();
    await Promise.all([
      failure(client.dataset.inspect({ path: '/x' }, { onProgress })),
      failure(client.system.doctor({}, { onProgress: other })),
    ]);
    expect(onProgress.mock.calls).toEqual([[{ done: 1, total: 3 }], [{ done: 3, total: 3 }]]);
    expect(other).not.toHaveBeenCalled();
  });

  it("aborts the handler's signal on cancel, and settles when the handler has ended", async () => {
    const steps: string[] = [];
    const doctor: Handlers['system']['doctor'] = (_input, { signal }) =>
      new Promise((_resolve, reject) => {
        steps.push('started');
        signal.addEventListener('abort', () => {
          steps.push('aborted');
          reject(signal.reason as Error);
        });
      });
    const { client } = await start({ system: { doctor } });
    const controller = new AbortController();
    const call = failure(client.system.doctor({}, { signal: controller.signal }));
    await vi.waitFor(() => expect(steps).toEqual(['started']));
    controller.abort();
    expect(await call).toMatchObject({ code: 'CANCELLED' });
    expect(steps).toEqual(['started', 'aborted']);
    expect(await failure(client.system.doctor({}, { signal: controller.signal }))).toMatchObject({
      code: 'CANCELLED',
    });
    expect(steps).toHaveLength(2);
  });

  it("delivers a topic's events in order with rising numbers until the last listener leaves", async () => {
    const { client, engine } = await start();
    const seen: [string, number][] = [];
    const ends = ['a', 'b'].map((listener) =>
      client.subscribe('run:/r', (event, seq) => {
        seen.push([listener + (event.type === 'log' ? event.message : ''), seq]);
      }),
    );
    await vi.waitFor(() => expect(engine.listeners('run:/r')).toBe(1));
    const say = (message: string, topic = 'run:/r') =>
      engine.emit(topic, { type: 'log', level: 'info', message });
    say('1');
    say('elsewhere', 'run:/other');
    say('2');
    await vi.waitFor(() => expect(seen.map(([text]) => text)).toEqual(['a1', 'b1', 'a2', 'b2']));
    expect(seen[2]![1]).toBeGreaterThan(seen[0]![1]);
    ends[0]!();
    say('3');
    await vi.waitFor(() => expect(seen.map(([text]) => text)).toContain('b3'));
    expect(seen.map(([text]) => text)).not.toContain('a3');
    ends[1]!();
    await vi.waitFor(() => expect(engine.listeners('run:/r')).toBe(0));
  });

  it('rejects every pending call when the transport closes, aborts the handlers, and leaves the engine open', async () => {
    let signal: AbortSignal | undefined;
    const doctor: Handlers['system']['doctor'] = (_input, context) => {
      signal = context.signal;
      return new Promise(() => undefined);
    };
    const { client, far, engine } = await start({ system: { doctor } });
    client.subscribe('run:/r', () => undefined);
    const calls = [failure(client.system.doctor({})), failure(client.system.doctor({}))];
    await vi.waitFor(() => expect(signal).toBeDefined());
    far.close();
    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject({ code: 'ENGINE_GONE', retryable: true });
    }
    expect(await failure(client.system.doctor({}))).toMatchObject({ code: 'ENGINE_GONE' });
    await vi.waitFor(() => expect(signal!.aborted && engine.listeners('run:/r') === 0).toBe(true));
    expect(engine.closed).toBe(false);
  });

  it('ignores malformed messages from either side, and logs them', async () => {
    const { client, near, far, log } = await start({ dataset: { sample: () => Promise.resolve(sample) } });
    const malformed = [
      null,
      7,
      'call',
      [],
      {},
      { kind: 'shout' },
      { kind: 'call', id: -1, service: 'a', method: 'b' },
      { kind: 'call', id: 1 },
      { kind: 'result', id: 0, outcome: { ok: 'yes' } },
      { kind: 'event', topic: 'x' },
      { kind: '__proto__' },
    ];
    for (const message of malformed) {
      near.post(message as unknown as Message);
      far.post(message as unknown as Message);
    }
    near.post({ kind: 'cancel', id: 999 });
    far.post({ kind: 'result', id: 999, outcome: { ok: true, value: 1 } });
    await expect(client.dataset.sample({ folder: '/s' })).resolves.toEqual(sample);
    expect(log.mock.calls.filter(([text]) => text.includes('malformed'))).toHaveLength(malformed.length);
  });

  /** So deep that JSON.stringify, structured clone and whoever else recurses would overflow the stack. */
  const nested = (levels: number): unknown => {
    let value: unknown = 0;
    for (let i = 0; i < levels; i++) value = [value];
    return value;
  };
  const call = (id: number, input: unknown): Message => ({
    kind: 'call',
    id,
    service: 'dataset',
    method: 'sample',
    input,
  });

  it.each([
    ['nests too deep', nested(messageLimits.depth + 1)],
    ['holds too many values', Array.from({ length: messageLimits.values + 1 }, () => 0)],
  ])('closes a connection whose message %s, and no other', async (_what, input) => {
    const handler = vi.fn<Handlers['dataset']['sample']>(() => Promise.resolve(sample));
    const { near, engine, log } = await start({ dataset: { sample: handler } });
    const [other, served] = await transports[name]!();
    open.push(other, served);
    serve(served, engine);
    const closed = new Promise<void>((resolve) => near.onClose(resolve));
    near.post(call(0, input));
    near.post(call(1, { folder: '/s' }));
    await closed;
    expect(handler).not.toHaveBeenCalled();
    expect(log.mock.calls.map(([text]) => text)).toEqual([expect.stringMatching(/was refused, and its/)]);
    await expect(connect(other).dataset.sample({ folder: '/s' })).resolves.toEqual(sample);
  });

  it('answers a flood of calls, those beyond the limit at once with an error', async () => {
    let release: (value: typeof sample) => void = () => undefined;
    const held = new Promise<typeof sample>((resolve) => (release = resolve));
    const { near } = await start({ dataset: { sample: () => held } });
    const answers = new Map<number, boolean>();
    near.onMessage((received) => {
      const message = received as Message;
      if (message.kind === 'result') answers.set(message.id, message.outcome.ok);
    });
    for (let id = 0; id < mostCalls + 50; id++) near.post(call(id, { folder: '/s' }));
    await vi.waitFor(() => expect(answers.size).toBe(50), 20_000);
    expect([...answers.values()].every((ok) => !ok)).toBe(true);
    release(sample);
    await vi.waitFor(() => expect(answers.size).toBe(mostCalls + 50), 20_000);
    expect([...answers.values()].filter((ok) => ok)).toHaveLength(mostCalls);
  });

  it('takes a second greeting, a number twice and a cancel of nothing calmly', async () => {
    const handler: Handlers['dataset']['sample'] = ({ folder }) =>
      folder === '/held' ? new Promise(() => undefined) : Promise.resolve(sample);
    const { near, client, log } = await start({ dataset: { sample: handler } });
    near.post({ kind: 'hello', version: protocolVersion });
    near.post({ kind: 'hello', version: protocolVersion });
    near.post({ kind: 'cancel', id: 12345 });
    near.post(call(900, { folder: '/held' }));
    near.post(call(900, { folder: '/held' }));
    await expect(client.dataset.sample({ folder: '/s' })).resolves.toEqual(sample);
    expect(log.mock.calls.map(([text]) => text)).toEqual([expect.stringContaining("call's number 900")]);
  });

  it('does not let an event that cannot travel fail for whoever emitted it', async () => {
    const { client, engine, log } = await start({ dataset: { sample: () => Promise.resolve(sample) } });
    client.subscribe('run:/r', () => undefined);
    await vi.waitFor(() => expect(engine.listeners('run:/r')).toBe(1));
    const loop: Record<string, unknown> = { call: () => undefined };
    loop['self'] = loop;
    engine.emit('run:/r', loop as never);
    await expect(client.dataset.sample({ folder: '/s' })).resolves.toEqual(sample);
    expect(log.mock.calls.map(([text]) => text)).toContain('A message of kind "event" could not be sent');
  });

  it('answers a value that cannot travel with an error, not with silence', async () => {
    const loop: Record<string, unknown> = { then: undefined };
    loop['self'] = loop;
    loop['call'] = () => undefined;
    const { client } = await start({
      dataset: { sample: () => Promise.resolve(loop as unknown as typeof sample) },
    });
    expect(await failure(client.dataset.sample({ folder: '/s' }))).toMatchObject({ code: 'INTERNAL' });
  });

  it('parts from a side that speaks another protocol', async () => {
    const { near, client } = await start({ system: { doctor: () => new Promise(() => undefined) } });
    const call = failure(client.system.doctor({}));
    near.post({ kind: 'hello', version: 99 });
    expect(await call).toMatchObject({ code: 'ENGINE_GONE' });
  });

  it('gives up an engine that shows no sign of life, and keeps one that does', async () => {
    const [near, far] = await transports[name]!();
    open.push(near, far);
    const doctor: Handlers['system']['doctor'] = () => new Promise(() => undefined);
    const client = connect(near, { heartbeatMs: 5 });
    // Nobody serves the far end.
    expect(await failure(client.system.doctor({}))).toMatchObject({ code: 'ENGINE_GONE' });

    const [alive, served] = await transports[name]!();
    open.push(alive, served);
    serve(served, fakeEngine({ system: { doctor } }));
    const pings = vi.spyOn(served, 'post');
    const living = connect(alive, { heartbeatMs: 5 });
    const ended = vi.fn();
    living.system.doctor({}).catch(ended);
    await vi.waitFor(() => expect(pings.mock.calls.length).toBeGreaterThan(6));
    expect(ended).not.toHaveBeenCalled();
  });
});

it('does not compile without a handler for every method', () => {
  const { doctor } = fakeEngine().handlers.system;
  // @ts-expect-error bench is missing
  const incomplete = { doctor } satisfies Handlers['system'];
  expect(incomplete).not.toHaveProperty('bench');
});
