import { jointUpdates, rowAdd } from './joint-updates.ts';

/** ops/average.ts on all weights at once: average and value of each, and the new average of each. scalars = [1 - decay]. */
export const averageUpdates = jointUpdates('AverageUpdates', {
  inputs: 2,
  outputs: 1,
  emit: (e, inputs, scalars, { shape }) => {
    const [average, value] = inputs as [string, string];
    return [rowAdd(e, shape)(average, e.op('Sub', [value, average]), e.plain(scalars))];
  },
});
