import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { Notifications, type Notice } from '../../../electron/main/notifications.ts';

class FakeNotification extends EventEmitter {
  shown = 0;
  show(): void {
    this.shown++;
  }
}

function make({ isWatched = false, isSupported = true } = {}) {
  const made: [Notice, FakeNotification][] = [];
  const notifications = new Notifications({
    create(notice) {
      if (!isSupported) return null;
      const notification = new FakeNotification();
      made.push([notice, notification]);
      return notification;
    },
    isWatched: () => isWatched,
  });
  return { notifications, made };
}
const notice = { title: 'a is done', body: 'The run has ended.' };

it('are kept until they are gone, and a click leads on', () => {
  const { notifications, made } = make();
  const clicked: string[] = [];
  notifications.show(notice, () => clicked.push('a'));
  notifications.show(notice, () => clicked.push('b'));
  expect(made.map(([said, { shown }]) => [said, shown])).toEqual([
    [notice, 1],
    [notice, 1],
  ]);
  expect(notifications.size).toBe(2);
  made[1]![1].emit('click');
  expect(clicked).toEqual(['b']);
  made[0]![1].emit('close');
  expect(notifications.size).toBe(0);
  expect(clicked).toEqual(['b']);
});

it('are not shown to who looks at the program, nor where there are none', () => {
  for (const options of [{ isWatched: true }, { isSupported: false }]) {
    const { notifications, made } = make(options);
    notifications.show(notice, () => undefined);
    expect([made.length, notifications.size]).toEqual([0, 0]);
  }
});
