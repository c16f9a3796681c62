import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import type { RgbImage } from '../../../electron/engine/data/rgb-image.ts';
import { resizeImage } from '../../../electron/engine/data/resize.ts';
import { saveMistakeImages } from '../../../electron/engine/export/index.ts';
import type { Model } from '../../../electron/engine/models/index.ts';
import { saveModel } from '../../../electron/engine/models/weights/save.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { writeFolder } from '../../support/folder-files.ts';
import { normalised } from '../../support/pixels.ts';
import { ownLogits, trainedLooking } from '../../support/small-networks.ts';
import { softmaxRows } from '../../support/softmax.ts';
import { awkwardNames } from '../../support/trained-networks.ts';
import { start, temporaryFolder } from '../run-folder/support.ts';
import { fakeReport } from './fake-run.ts';

export interface FinishedRun {
  run: RunFolder;
  /** The student's. */
  model: Model;
  /** Of every mistake. */
  picture: RgbImage;
}

/** A completed run with a student's weights, and images of its mistakes; all of them are the same picture. */
export async function finishedRun(): Promise<FinishedRun> {
  const data = fakeReport(awkwardNames);
  const folder = await RunFolder.create(temporaryFolder(), data.recipe, start());
  await folder.setState('running');
  await folder.writeDataset(data.importReport!);
  await folder.writeResult(data.result);
  const model = trainedLooking(data.recipe.student.model, awkwardNames.length);
  await folder.prepare('weights', 'any');
  await saveModel(folder.weightsFile('student'), model, { classNames: awkwardNames });
  const noise = random(3, 'picture');
  const [width, height] = [50, 40];
  const picture = {
    width,
    height,
    data: Uint8Array.from({ length: width * height * 3 }, () => noise.integer(256)),
  };
  const keys = data.result.mistakes.student.slice(0, 3).map(({ key }) => key);
  await saveMistakeImages(folder, Object.fromEntries(keys.map((key) => [key, picture])));
  await folder.setState('completed');
  return { run: folder, model, picture };
}

/** A zip's files in a folder of their own, outside of the repository. */
export async function unpack(file: string): Promise<string> {
  const zip = await fromBufferPromise(readFileSync(file));
  const folder = temporaryFolder();
  for await (const entry of zip.eachEntry()) {
    const stream = await zip.openReadStreamPromise(entry);
    writeFolder(folder, { [entry.fileName]: Buffer.concat(await stream.toArray()) });
  }
  return folder;
}

export type Predictions = { class: string; probability: number }[];

/** The network's own probabilities of the picture, the likeliest first, to be matched to 5 digits. */
export function ownPredictions({ run, model, picture }: FinishedRun): Predictions {
  const { image } = run.recipe.data;
  const pixels = resizeImage(picture, image.size, image.resize);
  const own = softmaxRows(ownLogits(model, normalised(pixels, image), image.size), awkwardNames.length);
  return own
    .map((probability, id) => ({ class: awkwardNames[id]!, probability }))
    .sort((a, b) => b.probability - a.probability)
    .map((one) => ({ ...one, probability: expect.closeTo(one.probability, 5) as number }));
}
