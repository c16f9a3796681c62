import type { ImageRecipe } from '../../../../electron/contract/recipe/image.ts';
import { isOnnx, squareComment, type Snippet, type SnippetFacts } from './snippet.ts';

const sharpFit: Record<ImageRecipe['resize'], string> = { squish: 'fill', crop: 'cover', pad: 'fill' };
const whereNotSquare = ({ image: { resize } }: SnippetFacts, isHandled: boolean): string =>
  isHandled ? '' : `// ${squareComment[resize]}\n`;

/** The tensor of the network's input, of RGB bytes in `pixels`. */
function onnxTensor({ image: { size, mean, std }, options: { onnxInput } }: SnippetFacts, tensor: string) {
  if (onnxInput === 'image') return `const image = new ${tensor}('uint8', pixels, [1, ${size}, ${size}, 3]);`;
  return `const [mean, std] = [[${mean.join(', ')}], [${std.join(', ')}]];
const plane = ${size} * ${size};
const planes = Float32Array.from({ length: 3 * plane }, (_, i) => {
  const channel = Math.floor(i / plane);
  return (pixels[(i % plane) * 3 + channel] / 255 - mean[channel]) / std[channel];
});
const image = new ${tensor}('float32', planes, [1, 3, ${size}, ${size}]);`;
}

export const nodeSnippet: Snippet = {
  title: 'Node.js, ONNX Runtime',
  takes: isOnnx,
  install: 'npm install onnxruntime-node sharp',
  code: (facts) => {
    const { size, resize } = facts.image;
    return `import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

const session = await InferenceSession.create('${facts.file}');
const classes = readFileSync('labels.txt', 'utf8').split('\\n'); // in the bundle

${whereNotSquare(facts, resize !== 'pad')}const pixels = await sharp('photo.jpg')
  .rotate()
  .toColourspace('srgb')
  .flatten({ background: 'black' })
  .resize(${size}, ${size}, { fit: '${sharpFit[resize]}', kernel: 'linear' })
  .raw()
  .toBuffer();
${onnxTensor(facts, 'Tensor')}
const { probabilities } = await session.run({ image });
const best = [...probabilities.data.entries()].sort((a, b) => b[1] - a[1]).slice(0, 5);
for (const [i, p] of best) console.log(\`\${(100 * p).toFixed(1)} %  \${classes[i]}\`);
`;
  },
};

const indented = (text: string): string => text.replaceAll('\n', '\n  ');

/** A canvas of the network's size, which reduces large images by their means. */
const canvas = ({ image: { size } }: SnippetFacts): string =>
  `const context = new OffscreenCanvas(${size}, ${size}).getContext('2d', { willReadFrequently: true });
context.imageSmoothingQuality = 'high';`;
const drawn = (facts: SnippetFacts): string => {
  const { size, resize } = facts.image;
  return `${indented(whereNotSquare(facts, resize === 'squish'))}context.drawImage(element, 0, 0, ${size}, ${size});
  const drawn = context.getImageData(0, 0, ${size}, ${size});`;
};

export const webOnnxSnippet: Snippet = {
  title: 'Browser, ONNX Runtime Web',
  takes: isOnnx,
  install: 'npm install onnxruntime-web',
  code: (facts) => `import * as ort from 'onnxruntime-web';

const session = await ort.InferenceSession.create('${facts.file}');
${canvas(facts)}

/** The probability of each class (labels.txt of the bundle) for an <img>, <video> or <canvas>. */
export async function classify(element) {
  ${drawn(facts)}
  const pixels = Uint8Array.from(drawn.data.filter((_, i) => i % 4 !== 3));
  ${indented(onnxTensor(facts, 'ort.Tensor'))}
  const { probabilities } = await session.run({ image });
  return probabilities.data;
}
`,
};

export const tfjsSnippet: Snippet = {
  title: 'Browser, TensorFlow.js',
  takes: (format) => format === 'tfjs',
  install: 'npm install @tensorflow/tfjs',
  code: (facts) => `import * as tf from '@tensorflow/tfjs';

const model = await tf.loadGraphModel('${facts.file}/model.json');
${canvas(facts)}

/** The probability of each class, in the order of model.metadata.classes, for an <img>, <video> or <canvas>. */
export async function classify(element) {
  ${drawn(facts)}
  const probabilities = tf.tidy(() => {
    const image = tf.browser.fromPixels(drawn).expandDims();
    return model.execute({ image }, 'probabilities');
  });
  const values = await probabilities.data();
  probabilities.dispose();
  return values;
}
`,
};
