import { precisionOf } from '../../../../electron/contract/exports.ts';
import type { ImageRecipe } from '../../../../electron/contract/recipe/image.ts';
import { isOnnx, isTflite, type Snippet, type SnippetFacts } from './snippet.ts';

/** An image file as square RGB of the network's size, by Pillow. */
const opened: Record<ImageRecipe['resize'], (side: string) => string[]> = {
  squish: (side) => [
    'image = Image.open("photo.jpg").convert("RGB")',
    `image = image.resize(${side}, Image.Resampling.BILINEAR)`,
  ],
  crop: (side) => [
    'image = Image.open("photo.jpg").convert("RGB")',
    `image = ImageOps.fit(image, ${side}, Image.Resampling.BILINEAR)`,
  ],
  pad: (side) => [
    'image = np.asarray(Image.open("photo.jpg").convert("RGB"))',
    'height, width = image.shape[:2]',
    'top, left = (max(height, width) - height) // 2, (max(height, width) - width) // 2',
    'margins = ((top, max(height, width) - height - top), (left, max(height, width) - width - left), (0, 0))',
    `image = Image.fromarray(np.pad(image, margins, mode="reflect")).resize(${side}, Image.Resampling.BILINEAR)`,
  ],
};
const imageLines = ({ image: { size, resize } }: SnippetFacts) => opened[resize](`(${size}, ${size})`);
const pillow = ({ image: { resize } }: SnippetFacts) => (resize === 'crop' ? 'Image, ImageOps' : 'Image');

const best = (names: string) => [
  'for i in np.argsort(-probabilities)[:5]:',
  `    print(f"{probabilities[i]:.1%}  {${names}[i]}")`,
];

export const pytorchSnippet: Snippet = {
  title: 'Python, PyTorch',
  takes: (format) => format === 'pytorch',
  install: 'pip install torch safetensors numpy pillow',
  code: ({ file }) =>
    `import sys
from PIL import Image

sys.path.append("${file}")
from load import load, predict

network = load()  # a torch.nn.Module, in evaluation mode
for label, probability in predict(network, Image.open("photo.jpg")):
    print(f"{probability:.1%}  {label}")
`,
};

function onnxPixels({ image: { mean, std }, options: { onnxInput } }: SnippetFacts): string[] {
  if (onnxInput === 'image') return ['pixels = np.asarray(image)[None]  # uint8, [1, height, width, RGB]'];
  return [
    'pixels = np.asarray(image, np.float32) / 255',
    `pixels = (pixels - np.float32([${mean.join(', ')}])) / np.float32([${std.join(', ')}])`,
    'pixels = pixels.transpose(2, 0, 1)[None]  # [1, RGB, height, width]',
  ];
}

export const pythonOnnxSnippet: Snippet = {
  title: 'Python, ONNX Runtime',
  takes: isOnnx,
  install: 'pip install onnxruntime numpy pillow',
  code: (facts) =>
    [
      'import json',
      'import numpy as np',
      'import onnxruntime',
      `from PIL import ${pillow(facts)}`,
      '',
      `session = onnxruntime.InferenceSession("${facts.file}")`,
      'classes = json.loads(session.get_modelmeta().custom_metadata_map["classes"])',
      '',
      ...imageLines(facts),
      ...onnxPixels(facts),
      'probabilities = session.run(["probabilities"], {"image": pixels})[0][0]',
      ...best('classes'),
      '',
    ].join('\n'),
};

/** What goes in and what comes out, by the type of a file's input. */
function litertNumbers({ format, options: { tfliteInput } }: SnippetFacts): { pixels: string; out: string } {
  if (precisionOf(format) !== 'int8') return { pixels: 'np.asarray(image, np.float32)[None]', out: 'answer' };
  return tfliteInput === 'uint8'
    ? { pixels: 'np.asarray(image)[None]', out: 'answer / 256' }
    : {
        pixels: '(np.asarray(image, np.int16) - 128).astype(np.int8)[None]',
        out: '(answer + 128.0) / 256',
      };
}

export const pythonLitertSnippet: Snippet = {
  title: 'Python, LiteRT (Raspberry Pi)',
  takes: isTflite,
  install: 'pip install ai-edge-litert numpy pillow',
  code: (facts) => {
    const { pixels, out } = litertNumbers(facts);
    return [
      'import numpy as np',
      'from ai_edge_litert.interpreter import Interpreter',
      `from PIL import ${pillow(facts)}`,
      '',
      `interpreter = Interpreter("${facts.file}")`,
      'interpreter.allocate_tensors()',
      'classes = open("labels.txt", encoding="utf-8").read().splitlines()  # in the bundle',
      '',
      ...imageLines(facts),
      `interpreter.set_tensor(interpreter.get_input_details()[0]["index"], ${pixels})`,
      'interpreter.invoke()',
      'answer = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0]',
      `probabilities = ${out}`,
      ...best('classes'),
      '',
    ].join('\n');
  },
};
