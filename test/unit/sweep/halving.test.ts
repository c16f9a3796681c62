import { expect, test } from 'vitest';
import { largest } from '../../../electron/contract/extremes.ts';
import type { Member } from '../../../electron/engine/sweep/members.ts';
import { Halving } from '../../../electron/engine/sweep/halving.ts';
import { type EarlierWork, Jobs } from '../../../electron/engine/sweep/jobs.ts';
import { recipe } from '../run-folder/support.ts';

const halving = { factor: 3, minEpochs: 1 };

/** Members without a teacher to train whose students train for so many epochs. */
const members = (count: number, epochs = 9): Member[] => {
  const base = recipe();
  const [stage] = base.student.training.stages;
  const training = { ...base.student.training, stages: [{ ...stage!, epochs }] };
  const planned = { ...base, student: { ...base.student, training } };
  return Array.from({ length: count }, (_, setting) => ({
    setting,
    seed: 1,
    values: {},
    recipe: planned,
    teacherKey: null,
  }));
};

/** The jobs in their order on one worker, as 'member to epoch'; `scores`: of each member by the epoch. */
function worked(jobs: Jobs, scores: Record<number, readonly number[]>): string[] {
  const order: string[] = [];
  for (let job = jobs.next(); job !== null; job = jobs.next()) {
    const { index, pauseAfter } = job;
    order.push(`${index} to ${pauseAfter ?? 'end'}`);
    const score = pauseAfter === null ? null : scores[pauseAfter]![index]!;
    jobs.ended(index, { hasTeacher: true, score });
  }
  return order;
}

/*
 * Algorithm 2 of the paper by hand, with eta = 3, r = 1, R = 9 and one worker. Member 1 is promoted when it is the best of three, 3 and 6
 * when they overtake it, 3 once three members have come to epoch 3, and 7 when nine results make room for a third.
 */
const byHand = [
  ['0 to 1', '1 to 1', '2 to 1', '1 to 3', '3 to 1', '3 to 3', '4 to 1', '5 to 1', '6 to 1', '6 to 3'],
  ['3 to end', '7 to 1', '8 to 1', '7 to 3'],
].flat();
const scores = {
  1: [5, 6, 4, 9, 1, 2, 8, 7, 3],
  3: [0, 60, 0, 90, 0, 0, 80, 70, 0],
};

test('members are promoted as in the paper', () => {
  expect(worked(new Jobs({ halving }, members(9), new Map(), []), scores)).toEqual(byHand);
});

/** A member of an earlier process whose student has these scores by epoch, and began no other epoch or this one. */
const before = (scores: Record<number, number>, lastBegun?: number): EarlierWork => {
  const known = new Map(Object.entries(scores).map(([epoch, score]) => [Number(epoch), score]));
  return { isCompleted: false, student: { scores: known, lastBegun: lastBegun ?? largest(known.keys()) } };
};
/** After '6 to 1'. */
const afterSeven = new Map([
  [0, before({ 1: 5 })],
  [1, before({ 1: 6, 2: 0, 3: 60 })],
  [2, before({ 1: 4 })],
  [3, before({ 1: 9, 2: 0, 3: 90 })],
  [4, before({ 1: 1 })],
  [5, before({ 1: 2 })],
  [6, before({ 1: 8 })],
]);

test('what an earlier process found counts: a sweep goes on where it was', () => {
  const jobs = new Jobs({ halving }, members(9), afterSeven, []);
  expect(worked(jobs, scores)).toEqual(byHand.slice(9));
});

test('a member goes on by itself only where its student has begun another epoch', () => {
  // Promoted, with some steps of its second epoch.
  const promoted = new Map(afterSeven).set(6, before({ 1: 8 }, 2));
  expect(worked(new Jobs({ halving }, members(9), promoted, []), scores)).toEqual(byHand.slice(9));
  // Completed after one epoch, and so never run again.
  const done = new Map(afterSeven).set(6, { ...before({ 1: 8 }), isCompleted: true });
  expect(worked(new Jobs({ halving }, members(9), done, []), scores)).not.toContain('6 to 3');
});

test('of fewer members than would leave one, the best runs to its end', () => {
  expect(worked(new Jobs({ halving }, members(2), new Map(), []), { 1: [1, 2], 3: [1, 2] })).toEqual([
    '0 to 1',
    '1 to 1',
    '1 to 3',
    '1 to end',
  ]);
});

test('without halving, and where a student trains no longer than to the first rung, members run to their end', () => {
  const all = ['0 to end', '1 to end'];
  expect(worked(new Jobs({ halving: null }, members(2), new Map(), []), {})).toEqual(all);
  expect(worked(new Jobs({ halving }, members(2, 1), new Map(), []), {})).toEqual(all);
  expect(new Halving({ factor: 2, minEpochs: 4 }, [4, 5]).pauseAfter(1)).toBe(4);
});
