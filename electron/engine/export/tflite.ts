import type { ExportFormat } from '../../contract/exports.ts';
import { exportBase, type Exporter, networkRoles } from './exporter.ts';
import { floatStyle } from './tflite/float-style.ts';
import { writeTflite } from './tflite/write.ts';

/** <run>-<role><ending> */
const floatExporter = (name: ExportFormat, ending: string, halfWeights: boolean): Exporter => ({
  name,
  async files(context) {
    const base = await exportBase(context);
    const result = await context.result().catch(() => null);
    return Promise.all(
      networkRoles(context).map(async (role) => {
        const network = await context.network(role);
        const facts = { scores: result?.models[role]?.test };
        return {
          path: `${base}-${role}${ending}`,
          network: role,
          content: async () => (await writeTflite(network, floatStyle(halfWeights), facts)).bytes,
        };
      }),
    );
  },
});

export const tflite = floatExporter('tflite', '.tflite', false);
export const tfliteFloat16 = floatExporter('tflite-fp16', '-fp16.tflite', true);
