import type { ExportFormat } from '../../contract/exports.ts';
import { exportBase, type Exporter, networkRoles } from './exporter.ts';
import { float16, float32, type Precision } from './onnx/precision.ts';
import { onnxFile } from './onnx/write.ts';

/** <run>-<role><ending>; `precision` is given the list of the file's notes. */
const onnxExporter = (
  name: ExportFormat,
  ending: string,
  precision: (notes: string[]) => Precision,
): Exporter => ({
  name,
  async files(context) {
    const base = await exportBase(context);
    const result = await context.result().catch(() => null);
    return Promise.all(
      networkRoles(context).map(async (role) => {
        const network = await context.network(role);
        const notes: string[] = [];
        return {
          path: `${base}-${role}${ending}`,
          network: role,
          notes: () => notes,
          content: () =>
            Promise.resolve(
              onnxFile(network, {
                input: context.options.onnxInput,
                precision: precision(notes),
                scores: result?.models[role]?.test,
              }),
            ),
        };
      }),
    );
  },
});

export const onnx = onnxExporter('onnx', '.onnx', () => float32);
export const onnxFloat16 = onnxExporter('onnx-fp16', '-fp16.onnx', float16);
