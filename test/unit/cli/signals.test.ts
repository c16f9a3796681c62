import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { interrupts } from '../../../electron/cli/interrupts.ts';
import { onSignals } from '../../../electron/cli/signals.ts';

function listening() {
  const source = new EventEmitter();
  const heard = interrupts((listener) => onSignals(source, listener));
  let hasLeft = false;
  const { signal, second } = heard;
  void second.then(() => (hasLeft = true));
  const left = async () => {
    await Promise.resolve();
    return hasLeft;
  };
  return { source, signal, left, end: () => heard.end() };
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('ends in good order on %s', async (name) => {
  const { source, signal, left } = listening();
  source.emit(name);
  expect([signal.aborted, await left()]).toEqual([true, false]);
});

it('leaves at once on a second Ctrl-C, but not where the terminal is closed twice or after it', async () => {
  const { source, left, end } = listening();
  for (let i = 0; i < 3; i++) source.emit('SIGHUP');
  expect(await left()).toBe(false);
  source.emit('SIGINT');
  expect(await left()).toBe(true);
  end();
  expect(source.eventNames()).toEqual([]);
});
