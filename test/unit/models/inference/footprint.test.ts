import { beforeAll, expect, test } from 'vitest';
import { floatStyle } from '../../../../electron/engine/export/tflite/float-style.ts';
import { int8Style } from '../../../../electron/engine/export/tflite/int8-style.ts';
import { writeTflite } from '../../../../electron/engine/export/tflite/write.ts';
import { decode } from '../../../../electron/engine/flatbuffer/decode.ts';
import { tensorTypes, tfliteSchema } from '../../../../electron/engine/flatbuffer/tflite.ts';
import { networkCost } from '../../../../electron/engine/models/cost.ts';
import { footprint } from '../../../../electron/engine/models/inference/footprint.ts';
import { type InferenceGraph, inputName } from '../../../../electron/engine/models/inference/graph.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { integerNetworks, networkTitle, smallNetworks } from '../../../support/small-networks.ts';
import { smallImage, smallTrained } from '../../../support/trained-networks.ts';

beforeAll(useCpuBackend);

const bytesOf = new Map<number, number>([
  [tensorTypes.FLOAT32, 4],
  [tensorTypes.INT8, 1],
  [tensorTypes.UINT8, 1],
]);

/** The most memory of a file's values: at each operator, those that it or one before makes and it or one after reads. */
function peakOf(bytes: Uint8Array): number {
  const { subgraphs, buffers } = decode(tfliteSchema, bytes);
  const [{ tensors, operators, inputs, outputs }] = subgraphs as [NonNullable<typeof subgraphs>[number]];
  const peaks = operators!.map((_, now) => {
    let live = 0;
    for (const [index, { shape, type, buffer }] of tensors!.entries()) {
      if (buffers![buffer]!.data) continue;
      const made = inputs!.includes(index) ? 0 : operators!.findIndex((one) => one.outputs!.includes(index));
      const read = outputs!.includes(index)
        ? Infinity
        : operators!.findLastIndex((one) => one.inputs!.includes(index));
      if (made <= now && read >= now) live += shape!.reduce((a, b) => a * b, 1) * bytesOf.get(type)!;
    }
    return live;
  });
  return Math.max(...peaks);
}

const anyRanges = ({ operators }: InferenceGraph) =>
  new Map([inputName, ...operators.map(({ name }) => name)].map((name) => [name, { min: -1, max: 1 }]));

test.each(smallNetworks.map((recipe) => [networkTitle(recipe), recipe] as const))(
  "%s: the estimate is the file's memory, nearly its size, and the multiply-adds of the network's cost",
  async (_, recipe) => {
    const { model, network } = smallTrained(recipe);
    const { graph, classes } = network;
    const estimate = footprint(graph);
    expect(estimate.multiplyAdds).toBe(networkCost(recipe, classes.length, smallImage.size).macs);
    const styles = {
      float: () => floatStyle(false),
      int8: () => int8Style(graph, anyRanges(graph), 'uint8'),
    };
    for (const numbers of integerNetworks.includes(recipe)
      ? (['float', 'int8'] as const)
      : (['float'] as const)) {
      const { bytes } = await writeTflite(network, styles[numbers]());
      expect(estimate[numbers].peakRamBytes).toBe(peakOf(bytes));
      expect(Math.abs(estimate[numbers].flashBytes / bytes.length - 1)).toBeLessThan(0.02);
    }
    model.dispose();
  },
);
