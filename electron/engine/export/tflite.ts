import type { ExportFormat } from '../../contract/exports.ts';
import type { Exporter } from './exporter.ts';
import { microcontrollerFiles } from './microcontroller/files.ts';
import { type Asked, needsCalibration, networkExporter } from './network-exporter.ts';
import { statedLicense } from './network-metadata.ts';
import type { Quantisation } from './quantise/quantise.ts';
import { floatStyle } from './tflite/float-style.ts';
import { int8Style, refuseLayerNorms } from './tflite/int8-style.ts';
import type { Style } from './tflite/style.ts';
import { type TfliteFile, writeTflite } from './tflite/write.ts';

/** The network's file in a style. */
const write = ({ network, facts }: Asked, style: Style): Promise<TfliteFile> =>
  writeTflite(network, style, facts);

const floatExporter = (name: ExportFormat, ending: string, halfWeights: boolean): Exporter =>
  networkExporter(name, (asked) => ({
    path: `${asked.base}${ending}`,
    content: async () => (await write(asked, floatStyle(halfWeights))).bytes,
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
          `On images that were held out it reaches about ${percent(own)}, in float ${percent(whole)}: a larger loss than allowed. Only in ONNX (onnx-int8) do the layers that lose most stay in float.`,
        ]),
  ];
}

/** Before images are read for nothing. */
async function needsIntegers(...asked: Parameters<typeof needsCalibration>): Promise<void> {
  const [context, role] = asked;
  refuseLayerNorms((await context.network(role)).graph);
  await needsCalibration(...asked);
}

/** The network in integers, written once. */
function int8File(asked: Asked): () => Promise<TfliteFile> {
  const { context, role, network, notes } = asked;
  let file: Promise<TfliteFile> | undefined;
  const make = async (): Promise<TfliteFile> => {
    const quantised = await context.quantised(role);
    for (const note of notesOf(quantised)) notes.push(note);
    return write(asked, int8Style(network.graph, quantised.ranges, context.options.tfliteInput));
  };
  return () => (file ??= make());
}

export const tflite = floatExporter('tflite', '.tflite', false);
export const tfliteFloat16 = floatExporter('tflite-fp16', '-fp16.tflite', true);
export const tfliteInt8 = networkExporter(
  'tflite-int8',
  (asked) => {
    const file = int8File(asked);
    return { path: `${asked.base}-int8.tflite`, content: async () => (await file()).bytes };
  },
  needsIntegers,
);
export const microcontroller = networkExporter(
  'microcontroller',
  (asked) => ({
    path: `${asked.base}-microcontroller`,
    files: microcontrollerFiles(asked.network, int8File(asked), {
      pixels: asked.context.options.tfliteInput,
      license: statedLicense(asked.facts),
    }),
  }),
  needsIntegers,
);
