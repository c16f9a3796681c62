import sharp from 'sharp';
import type { Role } from '../../../contract/run.ts';
import type { RunResult } from '../../../contract/result.ts';
import { decodeImage } from '../../data/image.ts';
import { resizeImage } from '../../data/resize.ts';
import { jsonText } from '../../../platform/files.ts';
import type { RunFolder } from '../../run-folder/run-folder.ts';
import { mistakeDataUris } from '../report/images.ts';
import { shownMistakes } from '../report/mistakes.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import type { ZipEntry } from './zip.ts';

/** How many of the likeliest classes expected.json lists: as many as the scripts print. */
const listed = 5;

interface Candidate {
  png: Buffer;
  /** What is on it; null: nothing that is known. */
  label: number | null;
}

/** Test images that the run kept: those that one of its networks mistook. */
async function keptImages(run: RunFolder, { mistakes }: RunResult): Promise<Candidate[]> {
  const roles: readonly Role[] = ['baseline', 'teacher', 'student'];
  const labels = new Map(
    roles.flatMap((role) => (mistakes[role] ?? []).map(({ key, label }) => [key, label])),
  );
  const images = await mistakeDataUris(run, shownMistakes(mistakes));
  return Object.entries(images).map(([key, uri]) => ({
    png: Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64'),
    label: labels.get(key) ?? null,
  }));
}

/** Where a run kept no image: colours from corner to corner, which show at least that the scripts work. */
async function drawnImage(): Promise<Candidate> {
  const side = 64;
  const data = Buffer.from(
    Array.from({ length: side * side }, (_, i) => [4 * (i % side), 4 * Math.floor(i / side), 128]).flat(),
  );
  const png = await sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
  return { png, label: null };
}

type Predict = (png: Buffer) => Promise<Float32Array>;

/** Predicts with a network's ONNX file that takes pixels. The caller ends it. */
async function predictor(
  { image: { size, resize } }: TrainedNetwork,
  model: Uint8Array,
): Promise<{ predict: Predict; end: () => Promise<void> }> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const predict: Predict = async (png) => {
    const pixels = resizeImage(await decodeImage(png), size, resize);
    const image = new Tensor('uint8', pixels, [1, size, size, 3]);
    const { probabilities } = await session.run({ image }, ['probabilities']);
    return probabilities!.data as Float32Array;
  };
  return { predict, end: () => session.release() };
}

const ranked = (probabilities: Float32Array): number[] =>
  [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);

/** example.png, an image that the network gets right where the run kept one, and expected.json, its predictions for it. */
export async function exampleEntries(
  run: RunFolder,
  result: RunResult,
  network: TrainedNetwork,
  model: Uint8Array,
): Promise<ZipEntry[]> {
  const { classes } = network;
  const candidates = await keptImages(run, result);
  const { predict, end } = await predictor(network, model);
  try {
    let chosen = candidates[0] ?? (await drawnImage());
    for (const candidate of candidates) {
      if (ranked(await predict(candidate.png))[0] !== candidate.label) continue;
      chosen = candidate;
      break;
    }
    const probabilities = await predict(chosen.png);
    const answers = ranked(probabilities)
      .slice(0, listed)
      .map((id) => ({ class: classes[id], probability: probabilities[id] }));
    const label = chosen.label === null ? null : (classes[chosen.label] ?? null);
    return [
      { name: 'example.png', content: chosen.png },
      { name: 'expected.json', content: jsonText({ image: 'example.png', label, answers }) },
    ];
  } finally {
    await end();
  }
}
