import type { OnnxInput } from '../../../contract/exports.ts';
import { elementCodes } from '../../backend/onnx/fields.ts';
import { inputName } from '../../models/inference/graph.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import type { NamedGraph } from './named-graph.ts';

/**
 * Adds the file's input and what makes the network's of it; gives the value with the normalised image, float32
 * [n, 3, size, size]. Of pixels v: v / (255 std) - mean / std, for each channel.
 */
export function addInput(
  graph: NamedGraph,
  { image: { size, mean, std } }: Pick<TrainedNetwork, 'image'>,
  input: OnnxInput,
  batch: number | string,
): string {
  if (input === 'normalised')
    return graph.input({
      name: inputName,
      type: 'float32',
      dims: [batch, 3, size, size],
      doc: `RGB images of ${size} x ${size} pixels, NCHW, normalised: (pixel / 255 - mean) / std, mean [${mean.join(', ')}], std [${std.join(', ')}].`,
    });
  const pixels = graph.input({
    name: inputName,
    type: 'uint8',
    dims: [batch, size, size, 3],
    doc: `RGB images of ${size} x ${size} pixels, NHWC, 0 to 255.`,
  });
  const node = (...[name, ...rest]: Parameters<NamedGraph['node']>) =>
    graph.node(`preprocessing.${name}`, ...rest);
  const perChannel = (name: string, value: (channel: number) => number) =>
    graph.constant(`preprocessing.${name}`, 'float32', [1, 3, 1, 1], Float32Array.from([0, 1, 2], value));
  // Transposed while they are bytes, a quarter of the memory.
  const planes = node('transpose', 'Transpose', [pixels], { perm: [0, 3, 1, 2] }, { doc: 'NHWC to NCHW.' });
  const floats = node('cast', 'Cast', [planes], { to: elementCodes.float32 });
  const scale = perChannel('scale', (c) => 1 / (255 * std[c]!));
  const shift = perChannel('shift', (c) => mean[c]! / std[c]!);
  const scaled = node('scaled', 'Mul', [floats, scale], {}, { doc: 'scale = 1 / (255 std).' });
  return node('normalised', 'Sub', [scaled, shift], {}, { doc: 'shift = mean / std.' });
}
