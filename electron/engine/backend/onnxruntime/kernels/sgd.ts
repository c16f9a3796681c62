import { jointUpdates, rowAdd } from './joint-updates.ts';

/**
 * ops/sgd.ts on all parameters at once: weight, gradient and momentum of each, and w and b of each. scalars = [rate, momentum,
 * decay].
 */
export const sgdUpdates = jointUpdates('SgdUpdates', {
  inputs: 3,
  outputs: 2,
  emit: (e, inputs, scalars, { shape, attributes }) => {
    const [weight, gradient, momentum] = inputs as [string, string, string];
    const [rate, mu, decay] = e.split(e.plain(scalars), [1, 1, 1], 0) as [string, string, string];
    const add = rowAdd(e, shape);
    const whole = add(gradient, weight, decay);
    const sum = add(whole, momentum, mu);
    const direction = attributes['nesterov'] === true ? add(whole, sum, mu) : sum;
    return [add(weight, direction, e.op('Neg', [rate])), sum];
  },
});
