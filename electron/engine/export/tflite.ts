import type { ExportFormat } from '../../contract/exports.ts';
import type { Role } from '../../contract/result.ts';
import { exportBase, type ExportContext, type Exporter, type ExportItem, networkRoles } from './exporter.ts';
import { microcontrollerFiles } from './microcontroller/files.ts';
import type { Quantisation } from './quantise/quantise.ts';
import { floatStyle } from './tflite/float-style.ts';
import { int8Style } from './tflite/int8-style.ts';
import type { Style } from './tflite/style.ts';
import { type TfliteFile, writeTflite } from './tflite/write.ts';
import type { TrainedNetwork } from './trained-network.ts';

interface Asked {
  context: ExportContext;
  role: Role;
  network: TrainedNetwork;
  /** <folder>/<run>-<role> */
  base: string;
  /** Of the item; grows. */
  notes: string[];
  /** The file in a style. */
  write: (style: Style) => Promise<TfliteFile>;
}

/** One item a network. `prepare`: throws where the format cannot be had. */
const exporter = (
  name: ExportFormat,
  item: (asked: Asked) => ExportItem,
  prepare?: (context: ExportContext, role: Role) => Promise<unknown>,
): Exporter => ({
  name,
  async files(context) {
    const start = await exportBase(context);
    const result = await context.result().catch(() => null);
    return Promise.all(
      networkRoles(context).map(async (role) => {
        const network = await context.network(role);
        await prepare?.(context, role);
        const notes: string[] = [];
        const facts = { scores: result?.models[role]?.test };
        const write = (style: Style) => writeTflite(network, style, facts);
        const made = item({ context, role, network, base: `${start}-${role}`, notes, write });
        return { ...made, network: role, notes: () => notes };
      }),
    );
  },
});

const floatExporter = (name: ExportFormat, ending: string, halfWeights: boolean): Exporter =>
  exporter(name, ({ base, write }) => ({
    path: `${base}${ending}`,
    content: async () => (await write(floatStyle(halfWeights))).bytes,
  }));

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** Every operator is in integers here, also those that other formats keep in float. */
function notesOf({ calibration, float, scores }: Quantisation): string[] {
  const [own, whole] = [scores[calibration].accuracy, scores.float.accuracy];
  return [
    `Calibrated by ${calibration}; everything is in integers.`,
    ...(float.length === 0
      ? []
      : [
          `On images that were held out it reaches about ${percent(own)}, in float ${percent(whole)}: more than was to be lost. Only in ONNX (onnx-int8) do the layers that lose most stay in float.`,
        ]),
  ];
}

/** The network in integers, written once. */
function int8File({ context, role, network, notes, write }: Asked): () => Promise<TfliteFile> {
  let file: Promise<TfliteFile> | undefined;
  const make = async (): Promise<TfliteFile> => {
    const quantised = await context.quantised(role);
    for (const note of notesOf(quantised)) notes.push(note);
    return write(int8Style(network.graph, quantised.ranges, context.options.tfliteInput));
  };
  return () => (file ??= make());
}

const needsCalibration = (context: ExportContext, role: Role): Promise<unknown> => context.calibration(role);

export const tflite = floatExporter('tflite', '.tflite', false);
export const tfliteFloat16 = floatExporter('tflite-fp16', '-fp16.tflite', true);
export const tfliteInt8 = exporter(
  'tflite-int8',
  (asked) => {
    const file = int8File(asked);
    return { path: `${asked.base}-int8.tflite`, content: async () => (await file()).bytes };
  },
  needsCalibration,
);
export const microcontroller = exporter(
  'microcontroller',
  (asked) => ({
    path: `${asked.base}-microcontroller`,
    files: microcontrollerFiles(asked.network, int8File(asked), asked.context.options.tfliteInput),
  }),
  needsCalibration,
);
