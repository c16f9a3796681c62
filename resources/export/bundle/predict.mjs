/**
 * Classifies images with ONNX Runtime: node predict.mjs image.jpg ...
 *
 * Without images: example.png, whose answers are compared with expected.json. --json: answers as JSON.
 * npm install
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { resizeImage } from './resize.js';

const here = (name) => path.join(import.meta.dirname, name);
const readJson = (name) => JSON.parse(readFileSync(here(name), 'utf8'));

const { model, classes, size, resize } = readJson('network.json');
const session = await InferenceSession.create(here(model), { logSeverityLevel: 3 });

/** The likeliest classes with their probabilities, the likeliest first. */
export async function predict(file, count = 5) {
  const { data, info } = await sharp(file, { autoOrient: true })
    .flatten()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const pixels = resizeImage({ data, width: info.width, height: info.height }, size, resize);
  const image = new Tensor('uint8', pixels, [1, size, size, 3]);
  const { probabilities } = await session.run({ image }, ['probabilities']);
  return Array.from(probabilities.data, (probability, id) => ({ class: classes[id], probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, count);
}

async function main(args) {
  const given = args.filter((one) => one !== '--json');
  const files = given.length > 0 ? given.map((file) => [file, file]) : [['example.png', here('example.png')]];
  const answers = [];
  for (const [name, file] of files) answers.push([name, await predict(file)]);
  if (args.includes('--json')) return console.log(JSON.stringify(Object.fromEntries(answers)));
  for (const [name, likeliest] of answers) {
    console.log(name);
    for (const { class: label, probability } of likeliest)
      console.log(`  ${(100 * probability).toFixed(2).padStart(6)} %  ${label}`);
  }
  if (given.length > 0) return;
  const expected = readJson('expected.json').answers;
  const isAsExpected = answers[0][1].every(
    ({ probability }, rank) => Math.abs(probability - expected[rank].probability) < 1e-3,
  );
  if (!isAsExpected) process.exitCode = 1;
  console.log(
    isAsExpected ? 'As expected.json has it.' : 'These are not the probabilities in expected.json.',
  );
}

if (path.resolve(process.argv[1] ?? '') === import.meta.filename) await main(process.argv.slice(2));
