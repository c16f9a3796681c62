import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CallContext, CallProgress } from '../../../electron/contract/method.ts';
import { KeepOpen } from '../../../electron/engine/work/keep-open.ts';
import { SharedWork } from '../../../electron/engine/work/shared-work.ts';
import { Turns } from '../../../electron/engine/work/turns.ts';

function caller() {
  const abort = new AbortController();
  const received: CallProgress[] = [];
  return {
    context: { signal: abort.signal, progress: (one: CallProgress) => received.push(one) },
    abort,
    received,
  };
}

/** Work that goes on until it is let go or aborted. */
function slowWork() {
  const log: string[] = [];
  let finish: (value: string) => void = () => undefined;
  let progress: CallContext['progress'] = () => undefined;
  const start = async (context: CallContext) => {
    log.push('begun');
    ({ progress } = context);
    try {
      return await new Promise<string>((resolve, reject) => {
        finish = resolve;
        context.signal.addEventListener('abort', () => setTimeout(() => reject(new Error('aborted')), 20));
      });
    } finally {
      log.push('ended');
    }
  };
  return { start, log, finish: (value: string) => finish(value), tell: (one: CallProgress) => progress(one) };
}

describe('shared work', () => {
  it('is done once and reported to all', async () => {
    const shared = new SharedWork<string>();
    const work = slowWork();
    const [first, second] = [caller(), caller()];
    const one = shared.join('key', work.start, first.context);
    await sleep(5);
    work.tell({ done: 1, total: 2 });
    const two = shared.join('key', work.start, second.context);
    await sleep(5);
    work.tell({ done: 2, total: 2 });
    work.finish('result');
    expect(await Promise.all([one, two])).toEqual(['result', 'result']);
    expect(work.log).toEqual(['begun', 'ended']);
    expect(first.received).toEqual([
      { done: 1, total: 2 },
      { done: 2, total: 2 },
    ]);
    expect(second.received).toEqual(first.received);
  });

  it('goes on when one caller leaves, ends with the last, and begins anew only then', async () => {
    const shared = new SharedWork<string>();
    const work = slowWork();
    const [first, second, third] = [caller(), caller(), caller()];
    const one = shared.join('key', work.start, first.context);
    const two = shared.join('key', work.start, second.context);
    await sleep(5);
    first.abort.abort();
    await expect(one).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(work.log).toEqual(['begun']);
    second.abort.abort();
    const three = shared.join('key', work.start, third.context);
    await expect(two).rejects.toThrow('aborted');
    expect(work.log.slice(0, 2)).toEqual(['begun', 'ended']);
    await sleep(5);
    work.finish('again');
    expect(await three).toBe('again');
  });

  it('ends when it is closed', async () => {
    const shared = new SharedWork<string>();
    const work = slowWork();
    const one = shared.join('key', work.start, caller().context);
    const end = expect(one).rejects.toThrow('aborted');
    await sleep(5);
    await shared.close();
    await end;
    expect(work.log).toEqual(['begun', 'ended']);
    await expect(shared.join('key', work.start, caller().context)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});

describe('what is kept open', () => {
  const open = (options: { limit?: number; idleMs?: number } = {}) => {
    const opened: string[] = [];
    const closed: string[] = [];
    const stale = new Set<string>();
    const kept = new KeepOpen<string>({
      limit: 2,
      idleMs: 60_000,
      ...options,
      isFresh: (value) => Promise.resolve(!stale.delete(value)),
      close: (value) => Promise.resolve(void closed.push(value)),
    });
    const use = (key: string, work: (value: string) => unknown = () => null) => {
      const begin = () => Promise.resolve(opened.push(key)).then(() => key);
      return kept.use(key, begin, caller().context, work);
    };
    return { kept, use, opened, closed, stale };
  };

  it('is opened once, and makes room for what was used later', async () => {
    const { use, opened, closed } = open();
    await Promise.all([use('a'), use('a'), use('a')]);
    await use('b');
    await use('a');
    await use('c');
    expect(opened).toEqual(['a', 'b', 'c']);
    expect(closed).toEqual(['b']);
  });

  it('is opened again where it has changed', async () => {
    const { use, opened, closed, stale } = open();
    await use('a');
    stale.add('a');
    await Promise.all([use('a'), use('a')]);
    expect(opened).toEqual(['a', 'a']);
    expect(closed).toEqual(['a']);
  });

  it('is never closed while it is used', async () => {
    const { kept, use, closed } = open({ limit: 1 });
    let letGo: () => void = () => undefined;
    const using = use('a', () => new Promise<void>((resolve) => (letGo = resolve)));
    await sleep(5);
    await use('b');
    await kept.close();
    expect(closed).toEqual(['b']);
    letGo();
    await using;
    expect(closed).toEqual(['b', 'a']);
  });

  it('is closed when nobody has used it for a while', async () => {
    const { use, closed } = open({ idleMs: 10 });
    await use('a');
    await sleep(60);
    expect(closed).toEqual(['a']);
  });
});

it('lets so many work at a time, and nobody whose call was cancelled', async () => {
  const turns = new Turns(2);
  let active = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++active);
    await sleep(5);
    active--;
  };
  const cancelled = caller();
  const all = Array.from({ length: 6 }, () => turns.take(caller().context.signal, work));
  const waiting = expect(turns.take(cancelled.context.signal, work)).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  cancelled.abort.abort();
  await Promise.all(all);
  await waiting;
  expect(most).toBe(2);
});
