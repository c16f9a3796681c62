import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Simulated, SimulatedWorkers } from '../../bench/sweep/simulated-workers.ts';

const plan: Simulated = {
  ...{ workers: 2, memberSeconds: 100, spread: 0, epochSeconds: 30, seed: 1 },
  ...{ failureSeconds: Infinity, absentSeconds: 1000, leaseSeconds: 20 },
  ...{ lookSeconds: 1, looksBetweenChecks: 10 },
};

async function worked(given: Simulated, members: number) {
  const workers = new SimulatedWorkers(given);
  const all = Promise.all(Array.from({ length: members }, () => workers.run()));
  while (workers.advance()) await setImmediate();
  await all;
  return workers;
}

test('two workers take four equal members in two rounds, and each operation of the queue is counted', async () => {
  const { now, busySeconds, operations, failures } = await worked(plan, 4);
  expect({ now, busySeconds, failures }).toEqual({ now: 200, busySeconds: 400, failures: 0 });
  // Each member is added, taken, reported and forgotten; renewed every 10 s; 200 looks, and every tenth at each that is pending.
  expect(operations).toBeCloseTo(4 * 4 + 400 / 10 + 200 + (4 * 100 + 2 * 100) / 10, 9);
});

test('a worker that fails loses what it did since the last checkpoint', async () => {
  const { busySeconds, failures } = await worked({ ...plan, failureSeconds: 150 }, 20);
  expect(failures).toBeGreaterThan(0);
  expect(busySeconds).toBeGreaterThan(20 * 100);
  expect(busySeconds).toBeLessThan(20 * 100 + failures * 30);
});
