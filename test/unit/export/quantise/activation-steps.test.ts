import { beforeAll, expect, test } from 'vitest';
import { activationSteps } from '../../../../electron/engine/export/quantise/activation-steps.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { noisePixels, normalised } from '../../../support/pixels.ts';
import { rangesOf } from '../../../support/run-graph.ts';
import { smallNetworks } from '../../../support/small-networks.ts';
import { smallImage, smallTrained } from '../../../support/trained-networks.ts';

beforeAll(useCpuBackend);

const { size } = smallImage;

test('values that are handed on as they are share their steps; a range that is missing is named', () => {
  const { model, network } = smallTrained(smallNetworks[8]!);
  const ranges = rangesOf(network, normalised(noisePixels(2, size), smallImage));
  const steps = activationSteps(network.graph, ranges);
  const concat = network.graph.operators.find(({ kind }) => kind === 'concat')!;
  const pooled = network.graph.operators.find(({ kind }) => kind === 'globalMaxPool')!;
  for (const value of [...concat.inputs, ...pooled.inputs])
    expect(steps.get(value)).toEqual(steps.get(concat.name));
  const lacking = new Map([...ranges].filter(([name]) => name !== pooled.name));
  expect(() => activationSteps(network.graph, lacking)).toThrow(`no range for "${pooled.name}"`);
  model.dispose();
});
