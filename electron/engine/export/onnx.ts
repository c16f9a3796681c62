import type { ExportFormat } from '../../contract/exports.ts';
import type { Role } from '../../contract/result.ts';
import { exportBase, type ExportContext, type Exporter, networkRoles } from './exporter.ts';
import { int8 } from './onnx/int8.ts';
import { float16, float32, type Precision } from './onnx/precision.ts';
import { onnxFile } from './onnx/write.ts';
import { activationSteps } from './quantise/activation-steps.ts';
import type { TrainedNetwork } from './trained-network.ts';

interface Asked {
  context: ExportContext;
  role: Role;
  network: TrainedNetwork;
  /** Of the file; grows. */
  notes: string[];
}

/** <run>-<role><ending>. `prepare`: throws where the format cannot be had. */
const onnxExporter = (
  name: ExportFormat,
  ending: string,
  precision: (asked: Asked) => Precision | Promise<Precision>,
  prepare?: (context: ExportContext, role: Role) => Promise<unknown>,
): Exporter => ({
  name,
  async files(context) {
    const base = await exportBase(context);
    const result = await context.result().catch(() => null);
    return Promise.all(
      networkRoles(context).map(async (role) => {
        const network = await context.network(role);
        await prepare?.(context, role);
        const notes: string[] = [];
        return {
          path: `${base}-${role}${ending}`,
          network: role,
          notes: () => notes,
          content: async () =>
            onnxFile(network, {
              input: context.options.onnxInput,
              precision: await precision({ context, role, network, notes }),
              scores: result?.models[role]?.test,
            }),
        };
      }),
    );
  },
});

async function quantised({ context, role, network: { graph }, notes }: Asked): Promise<Precision> {
  const { ranges, float, notes: decided } = await context.quantised(role);
  for (const note of decided) notes.push(note);
  return int8(graph, { steps: activationSteps(graph, ranges), float: new Set(float) });
}

export const onnx = onnxExporter('onnx', '.onnx', () => float32);
export const onnxFloat16 = onnxExporter('onnx-fp16', '-fp16.onnx', ({ notes }) => float16(notes));
export const onnxInt8 = onnxExporter('onnx-int8', '-int8.onnx', quantised, (context, role) =>
  context.calibration(role),
);
