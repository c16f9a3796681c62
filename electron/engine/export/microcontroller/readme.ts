import { type Footprint, footprintCounting } from '../../../contract/footprint.ts';
import type { TrainedNetwork } from '../trained-network.ts';

export interface ReadmeFacts {
  network: TrainedNetwork;
  footprint: Footprint;
  modelBytes: number;
  arenaBytes: number;
  /** The type of the file's. */
  pixels: 'uint8' | 'int8';
  license: string;
  operators: readonly string[];
}

const number = (value: number): string => value.toLocaleString('en-US');

const pixelText = {
  uint8: 'as they are, uint8 from 0 to 255',
  int8: 'each less 128, int8 from -128 to 127',
};
const probabilityText = {
  uint8: 'uint8: divided by 256 they are probabilities',
  int8: 'int8: with 128 added and divided by 256 they are probabilities',
};
const resizeText = {
  crop: 'cropped to a square around their middle and resized',
  squish: 'resized without regard to their shape',
  pad: 'resized whole, with borders in the missing parts of the square',
};

export function readme({
  network,
  footprint,
  modelBytes,
  arenaBytes,
  pixels,
  license,
  operators,
}: ReadmeFacts): string {
  const { recipe, classes, image } = network;
  const { int8, multiplyAdds } = footprint;
  return `# ${recipe.architecture} for microcontrollers

An image classifier of ${classes.length} classes in 8-bit integers, made with Distill Studio, for TensorFlow Lite for Microcontrollers (https://github.com/tensorflow/tflite-micro).

| file | what |
|---|---|
| \`model.h\`, \`model.cc\` | the network as a C array, \`kModel\`, aligned to 16 bytes |
| \`labels.h\`, \`labels.cc\` | the names of the classes, \`kLabels\`, in the order of the outputs |
| \`example.cc\` | sets the network up and classifies an image |
| \`model.tflite\` | the same network as a file: \`kModel\` byte for byte |

## Input and output

One RGB image of ${image.size} x ${image.size} pixels, row by row, ${pixelText[pixels]}. The network normalises them itself. Images of other shapes were ${resizeText[image.resize]} for training; do the same.

The output has ${classes.length} numbers of type ${probabilityText[pixels]}.

## What it needs

| | bytes | how it is counted |
|---|---|---|
| flash | ${number(modelBytes)} | the array; estimated before the export: ${number(int8.flashBytes)}. ${footprintCounting.flashBytes} |
| RAM | ${number(int8.peakRamBytes)} | ${footprintCounting.peakRamBytes} |
| arena | ${number(arenaBytes)} | what \`example.cc\` begins with: the RAM above and room for what the runtime keeps of each tensor, operator and channel. It is an estimate, and kernels made for a processor may take more for themselves; \`SetUpClassifier\` prints what is used. |

${number(multiplyAdds)} multiply-adds an image. ${footprintCounting.multiplyAdds}

## Use

Add the \`.cc\` files to a project with TensorFlow Lite for Microcontrollers. Operators that it needs: ${operators.join(', ')}; \`example.cc\` registers exactly these.

## Licence

Of the network: ${license}.
`;
}
