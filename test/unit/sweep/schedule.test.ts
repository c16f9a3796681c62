import { expect, test } from 'vitest';
import { Schedule } from '../../../electron/engine/sweep/schedule.ts';

const keys = (...teacherKeys: (string | null)[]) => teacherKeys.map((teacherKey) => ({ teacherKey }));

test('members that share a teacher wait for the one that trains it, and others pass them', () => {
  const schedule = new Schedule(keys('a', 'a', 'b', null, 'a'), new Set(), []);
  expect([schedule.next(), schedule.next(), schedule.next(), schedule.next()]).toEqual([0, 2, 3, null]);
  schedule.ended(0, true);
  expect([schedule.next(), schedule.next(), schedule.next()]).toEqual([1, 4, null]);
  for (const index of [1, 2, 3, 4]) schedule.ended(index, true);
  expect(schedule.next()).toBeNull();
});

test('where the training of a teacher failed, the next member trains it', () => {
  const schedule = new Schedule(keys('a', 'a', 'a'), new Set(), []);
  expect([schedule.next(), schedule.next()]).toEqual([0, null]);
  schedule.ended(0, false);
  expect([schedule.next(), schedule.next()]).toEqual([1, null]);
  schedule.ended(1, true);
  expect([schedule.next(), schedule.next()]).toEqual([2, null]);
});

test('members that are done are not run again, and a teacher that is there is not trained again', () => {
  const schedule = new Schedule(keys('a', 'a', 'a'), new Set([0]), ['a']);
  expect([schedule.next(), schedule.next(), schedule.next()]).toEqual([1, 2, null]);
});
