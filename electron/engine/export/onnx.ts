import type { ExportFormat } from '../../contract/exports.ts';
import type { Exporter } from './exporter.ts';
import { type Asked, needsCalibration, networkExporter } from './network-exporter.ts';
import { int8 } from './onnx/int8.ts';
import { float16, float32, type Precision } from './onnx/precision.ts';
import { onnxFile } from './onnx/write.ts';
import { activationSteps } from './quantise/activation-steps.ts';

/** <run>-<role><ending> */
const onnxExporter = (
  name: ExportFormat,
  ending: string,
  precision: (asked: Asked) => Precision | Promise<Precision>,
  prepare?: Parameters<typeof networkExporter>[2],
): Exporter =>
  networkExporter(
    name,
    (asked) => ({
      path: `${asked.base}${ending}`,
      content: async () =>
        onnxFile(asked.network, {
          input: asked.context.options.onnxInput,
          precision: await precision(asked),
          ...asked.facts,
        }),
    }),
    prepare,
  );

async function quantised({ context, role, network: { graph }, notes }: Asked): Promise<Precision> {
  const { ranges, float, notes: decided } = await context.quantised(role);
  for (const note of decided) notes.push(note);
  return int8(graph, { steps: activationSteps(graph, ranges), float: new Set(float) });
}

export const onnx = onnxExporter('onnx', '.onnx', () => float32);
export const onnxFloat16 = onnxExporter('onnx-fp16', '-fp16.onnx', ({ notes }) => float16(notes));
export const onnxInt8 = onnxExporter('onnx-int8', '-int8.onnx', quantised, needsCalibration);
