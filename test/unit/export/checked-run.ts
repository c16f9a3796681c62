import { saveModel } from '../../../electron/engine/models/weights/save.ts';
import type { RunImages } from '../../../electron/engine/export/calibration.ts';
import type { LabelledImages } from '../../../electron/engine/data/labelled-images.ts';
import type { TrainedNetwork } from '../../../electron/engine/export/trained-network.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { noisePixels } from '../../support/pixels.ts';
import { awkwardNames, smallTrained } from '../../support/trained-networks.ts';
import { start, temporaryFolder } from '../run-folder/support.ts';
import { fakeReport } from './fake-run.ts';

const recipe = modelSchema.parse({ architecture: 'cifar_resnet8', width: 8, stem: 'small-stride2' });
const [n, size] = [80, 32];

/** Noise, with labels of every class. */
export function testImages(): LabelledImages {
  const pixels = noisePixels(n, size);
  const bytes = size * size * 3;
  return {
    n,
    size,
    keys: Array.from({ length: n }, (_, i) => `${i}.png`),
    labels: Int32Array.from({ length: n }, (_, i) => i % awkwardNames.length),
    pixels: (from, to) => pixels.slice(from * bytes, to * bytes),
  };
}

export interface CheckedRun {
  run: RunFolder;
  network: TrainedNetwork;
  images: RunImages;
}

/** A run with a result and a student, held by this process; its dataset is noise. */
export async function checkedRun(): Promise<CheckedRun> {
  const { model, network } = smallTrained(recipe);
  const data = fakeReport(awkwardNames);
  const image = network.image;
  const run = await RunFolder.create(
    temporaryFolder(),
    { ...data.recipe, data: { ...data.recipe.data, image } },
    start(),
  );
  await run.setState('running');
  await run.writeDataset(data.importReport!);
  await run.writeResult(data.result);
  await saveModel(await run.prepare('weights', 'student.safetensors'), model, { classNames: awkwardNames });
  model.dispose();
  const images: RunImages = {
    test: () => Promise.resolve(testImages()),
    pool: () => Promise.reject(new Error('No training images are needed.')),
  };
  return { run, network, images };
}
