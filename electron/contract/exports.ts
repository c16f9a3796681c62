/** Where an exported network is to run, or who an export is for. */
export const destinations = {
  python: 'Python and PyTorch',
  onnxruntime: 'Servers and desktop (ONNX Runtime)',
  browser: 'Browser',
  litert: 'Android, Raspberry Pi and iOS (LiteRT)',
  microcontroller: 'Microcontroller',
  people: 'Report and figures',
} as const;
export type Destination = keyof typeof destinations;

export interface ExportDescriptor {
  label: string;
  /** What one gets, in a sentence or two. */
  text: string;
  destination: Destination;
  /** network: written of every model that is asked for. run: written once of a completed run. */
  of: 'network' | 'run';
  /** Seconds that writing it takes, measured on the sample's run; of int8, once it is calibrated. */
  writeSeconds: number;
  /**
   * Of a file that is run over the test images after it is written: the time of its runtime's multiply-accumulate over that of a
   * recorded training step. null: it is not run. Measured on small ResNets of 8 and 20 layers and a MobileNetV2, all at 32 px,
   * which differ from these by a factor of up to two.
   */
  checkWork: number | null;
}

/** A new format is an entry here and a line in engine/export/exporters.ts. */
export const exportDescriptors = {
  safetensors: {
    label: 'Weights (safetensors)',
    text: "The weights under torchvision's names, which PyTorch loads as they are, with class names and image size in a JSON file beside them. Teacher and baseline as well.",
    destination: 'python',
    of: 'network',
    writeSeconds: 0.2,
    checkWork: null,
  },
  pytorch: {
    label: 'PyTorch',
    text: 'A folder with the weights, the network as plain PyTorch code, and a script that loads both, prepares an image and predicts. Needs torch, safetensors, numpy and Pillow.',
    destination: 'python',
    of: 'network',
    writeSeconds: 0.2,
    checkWork: null,
  },
  onnx: {
    label: 'ONNX',
    text: 'One file for ONNX Runtime on servers, desktops, phones and in browsers. It takes RGB pixels and gives probabilities; class names are inside.',
    destination: 'onnxruntime',
    of: 'network',
    writeSeconds: 0.3,
    checkWork: 0.5,
  },
  'onnx-fp16': {
    label: 'ONNX, float16 weights',
    text: 'The same at half the size: weights are stored as float16 and computed in float32.',
    destination: 'onnxruntime',
    of: 'network',
    writeSeconds: 0.3,
    checkWork: 0.5,
  },
  'onnx-int8': {
    label: 'ONNX, int8',
    text: 'About a quarter of the size, and faster on processors: weights and activations are 8-bit integers, fitted to training images. Layers that lose too much stay in float.',
    destination: 'onnxruntime',
    of: 'network',
    writeSeconds: 0.3,
    checkWork: 0.3,
  },
  tfjs: {
    label: 'TensorFlow.js',
    text: 'A folder with a graph model for web pages that use TensorFlow.js. It takes RGB pixels, as tf.browser.fromPixels gives them, and gives probabilities; class names are inside.',
    destination: 'browser',
    of: 'network',
    writeSeconds: 0.3,
    checkWork: 1.4,
  },
  'web-demo': {
    label: 'Web page',
    text: 'A folder for any static web server: drop or paste an image, or use the webcam. ONNX Runtime Web and the network are included (14 MB); nothing is loaded from elsewhere, and images stay in the browser.',
    destination: 'browser',
    of: 'network',
    writeSeconds: 0.5,
    checkWork: null,
  },
  tflite: {
    label: 'TensorFlow Lite',
    text: 'One file for LiteRT on Android, iOS and Raspberry Pi, and in browsers. It takes one RGB image per call, float32 from 0 to 255, and gives probabilities; class names are inside.',
    destination: 'litert',
    of: 'network',
    writeSeconds: 0.3,
    checkWork: 0.6,
  },
  'tflite-fp16': {
    label: 'TensorFlow Lite, float16 weights',
    text: 'The same at half the size: weights are stored as float16 and computed in float32.',
    destination: 'litert',
    of: 'network',
    writeSeconds: 0.3,
    checkWork: 0.6,
  },
  'tflite-int8': {
    label: 'TensorFlow Lite, int8',
    text: 'About a quarter of the size, all in 8-bit integers fitted to training images: for phones, and for accelerators that require it.',
    destination: 'litert',
    of: 'network',
    writeSeconds: 0.3,
    checkWork: 2.2,
  },
  microcontroller: {
    label: 'Microcontroller (TensorFlow Lite Micro)',
    text: 'A folder with the int8 network as a C array, the labels, an example, and its flash and RAM requirements.',
    destination: 'microcontroller',
    of: 'network',
    writeSeconds: 0.3,
    checkWork: 2.2,
  },
  report: {
    label: 'Report (HTML)',
    text: 'One file that works offline: scores, curves, confusion matrix, worst mistakes, the recipe.',
    destination: 'people',
    of: 'run',
    writeSeconds: 0.6,
    checkWork: null,
  },
  csv: {
    label: 'Figures (CSV)',
    text: 'Curves, scores, scores per class, confusion matrices and every prediction, one table per file.',
    destination: 'people',
    of: 'run',
    writeSeconds: 0.3,
    checkWork: null,
  },
  plots: {
    label: 'Plots (PNG and SVG)',
    text: "The report's figures for slides and papers: curves, schedule, F1 by class, confusion matrix, test-time augmentation.",
    destination: 'people',
    of: 'run',
    writeSeconds: 2.5,
    checkWork: null,
  },
  // The last: it packs what the others wrote.
  bundle: {
    label: 'Bundle (zip)',
    text: 'One file to pass on: the other chosen formats, a model card, labels, an example with its expected predictions, and scripts for Python and Node that predict with ONNX Runtime.',
    destination: 'people',
    of: 'run',
    writeSeconds: 1,
    checkWork: null,
  },
} as const satisfies Record<string, ExportDescriptor>;

export type ExportFormat = keyof typeof exportDescriptors;
export const exportFormats = Object.keys(exportDescriptors) as [ExportFormat, ...ExportFormat[]];

/** Whether a format's networks are run over the test images after they are written. */
export const isChecked = (format: ExportFormat): boolean => exportDescriptors[format].checkWork !== null;

/** How a format stores a network's weights: the end of its name, without one float32; microcontrollers have int8. */
export function precisionOf(format: ExportFormat): 'float32' | 'fp16' | 'int8' {
  if (format.endsWith('-fp16')) return 'fp16';
  return format.endsWith('-int8') || format === 'microcontroller' ? 'int8' : 'float32';
}

/** Whether two formats are the same one but for their precision. */
export const isSameFormat = (one: ExportFormat, other: ExportFormat): boolean =>
  withoutPrecision(one) === withoutPrecision(other);
const withoutPrecision = (format: ExportFormat): string => format.replace(/-(fp16|int8)$/, '');

/** What a run writes at its end unless its recipe differs. */
export const defaultExports: readonly ExportFormat[] = ['safetensors', 'report', 'csv', 'plots'];

/** image: uint8 RGB, NHWC, everything else inside. normalised: float32, NCHW, prepared by the caller. */
export const onnxInputs = ['image', 'normalised'] as const;
export type OnnxInput = (typeof onnxInputs)[number];
/** The type of the pixels that an int8 TensorFlow Lite network takes: 0 to 255, or 128 less. */
export const tfliteInputs = ['uint8', 'int8'] as const;

/** The options of the network formats. */
export interface NetworkOptions {
  onnxInput: OnnxInput;
  tfliteInput: (typeof tfliteInputs)[number];
  /** Share of validation accuracy that int8 may lose: layers that cost more stay in float. */
  maxLoss: number;
  /** Of the network: an SPDX identifier, or a name; null: unknown. */
  license: string | null;
  /** Whether the biases that the evaluation corrected for classes that the student never saw are written into the network. */
  correctBiases: boolean;
}
export const defaultNetworkOptions: NetworkOptions = {
  onnxInput: 'image',
  tfliteInput: 'uint8',
  maxLoss: 0.005,
  license: null,
  correctBiases: false,
};

/** More is not the name of a licence. */
export const longestLicense = 200;

/** How exported weights name their tensors: torchvision's way, and for networks with fastai's head fastai's as well. */
export const tensorNames = ['torchvision', 'fastai'] as const;
export type TensorNames = (typeof tensorNames)[number];
