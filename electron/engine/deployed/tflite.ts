import { setImmediate as turn } from 'node:timers/promises';
import { DistillError } from '../../contract/errors.ts';
import { onnxRuntimeVersion } from '../backend/onnxruntime/binding.ts';
import { Session } from '../backend/onnxruntime/session.ts';
import { readWholeFile } from '../../platform/files.ts';
import { product } from '../models/describe.ts';
import type { DeployedHints, DeployedInput, DeployedNetwork } from './deployed.ts';
import { valuesMissing } from './missing.ts';
import { graphInput, graphOutput, toGraph } from './tflite/convert.ts';
import { describeFile } from './tflite/description.ts';
import {
  corruptFile,
  parseTflite,
  type TfliteModel,
  type TfliteTensor,
  unsupported,
} from './tflite/model.ts';

const mostBytes = 2 ** 31;
/** Images at once: as many as keep the largest value of a network within the processor's cache. */
const batchElements = 2 ** 20;
const mostImages = 64;

/** What an 8-bit input takes of a pixel: the pixel itself, whose real value its steps give. */
function valuesOfSteps({ steps }: TfliteTensor, offset: number): DeployedInput['values'] | null {
  if (!steps || steps.scale.length !== 1) return null;
  const [scale, zero] = [steps.scale[0]!, steps.zeroPoint[0]! + offset];
  if (scale === 1 && zero === 0) return 'pixels';
  const [mean, std] = [zero / 255, 1 / (255 * scale)];
  return { mean: [mean, mean, mean], std: [std, std, std] };
}

/** The real value of each of a channel's 256 pixel values. */
function realValues(values: DeployedInput['values'], channel: number): Float64Array {
  return Float64Array.from({ length: 256 }, (_, pixel) => {
    if (values === 'pixels') return pixel;
    if (values === 'unit') return pixel / 255;
    return (pixel / 255 - values.mean[channel]!) / values.std[channel]!;
  });
}

/** Images as the converted graph takes them. */
function prepare(images: Uint8Array, { values, channels }: DeployedInput, { type, steps }: TfliteTensor) {
  const offset = type === 'INT8' ? 128 : 0;
  const tables = [0, 1, 2].map((channel) => {
    const real = realValues(values, channel);
    if (type === 'FLOAT32') return real;
    const [scale, zero] = [steps!.scale[0]!, steps!.zeroPoint[0]! + offset];
    return real.map((value) => Math.min(Math.max(Math.round(value / scale) + zero, 0), 255));
  });
  const prepared = type === 'FLOAT32' ? new Float32Array(images.length) : new Uint8Array(images.length);
  const order = channels === 'RGB' ? [0, 1, 2] : [2, 1, 0];
  for (let at = 0; at < images.length; at += 3)
    for (let c = 0; c < 3; c++) prepared[at + c] = tables[order[c]!]![images[at + order[c]!]!]!;
  return prepared;
}

function loadSession(model: TfliteModel): Session {
  try {
    return Session.load(toGraph(model), 0, { level: 'all', arena: true });
  } catch (thrown) {
    if (thrown instanceof DistillError) throw thrown;
    throw corruptFile(model.file, 'its operators do not fit together.', thrown);
  }
}

function sizeOf({ file, tensors, input }: TfliteModel): number {
  const { shape } = tensors[input]!;
  const [, height, width, channels] = shape;
  if (shape.length === 4 && height === width && channels === 3) return height!;
  throw unsupported(file, `its input is ${shape.join(' x ')}, not a square RGB image`);
}

/**
 * A .tflite file, its integer operators computed exactly as TensorFlow Lite's reference kernels do. Throws NOT_FOUND,
 * WEIGHTS_CORRUPT, UNSUPPORTED_FORMAT (naming the operator), and INVALID_INPUT where neither file nor hints state its input.
 */
export async function openTflite(file: string, hints: DeployedHints): Promise<DeployedNetwork> {
  const bytes = await readWholeFile(file, mostBytes, () => unsupported(file, 'it has more than 2 GiB'));
  const model = parseTflite(bytes, file);
  const size = sizeOf(model);
  const tensor = model.tensors[model.input]!;
  const outputs = product([...model.tensors[model.output]!.shape]);
  const described = await describeFile(model, bytes);
  const isFloat = tensor.type === 'FLOAT32';
  if (!isFloat && tensor.steps?.scale.length !== 1)
    throw unsupported(file, 'its input does not have a single scale');
  const stated =
    described.values ?? (isFloat ? null : valuesOfSteps(tensor, tensor.type === 'INT8' ? 128 : 0));
  const values = hints.values ?? stated;
  if (values === null) throw valuesMissing(file);
  const input: DeployedInput = {
    size,
    resize: hints.resize ?? described.resize,
    values,
    channels: hints.channels ?? 'RGB',
  };
  const session = loadSession(model);
  const largest = model.tensors.reduce(
    (most, { shape, data }) => (data ? most : Math.max(most, product([...shape]))),
    1,
  );
  const batch = Math.min(Math.max(Math.floor(batchElements / largest), 1), mostImages);
  const pixels = size * size * 3;
  return {
    runtime: `onnxruntime-node ${onnxRuntimeVersion()} (${isFloat ? 'converted' : 'integer reference'})`,
    isStandIn: true,
    input,
    classes: hints.classes ?? described.classes,
    outputs,
    async probabilities(images, n) {
      const result = new Float32Array(n * outputs);
      for (let first = 0; first < n; first += batch) {
        const count = Math.min(batch, n - first);
        const data = prepare(images.subarray(first * pixels, (first + count) * pixels), input, tensor);
        const rows = result.subarray(first * outputs, (first + count) * outputs);
        try {
          session.run(
            {
              [graphInput]: {
                type: isFloat ? 'float32' : 'uint8',
                dims: [count, size, size, 3],
                data,
                location: 'cpu',
              },
            },
            { [graphOutput]: { type: 'float32', dims: [count, outputs], data: rows, location: 'cpu' } },
          );
        } catch (thrown) {
          throw corruptFile(file, 'its operators do not fit together.', thrown);
        }
        await turn();
      }
      return result;
    },
    dispose() {
      session.dispose();
      return Promise.resolve();
    },
  };
}
