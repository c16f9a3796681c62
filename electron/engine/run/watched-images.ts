import type { RunEvent } from '../../contract/events.ts';
import type { Probe, Probes } from '../../contract/probes.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Statistics } from '../../contract/recipe/statistics.ts';
import { identityTransform } from '../data/augment.ts';
import type { Pixels } from '../data/pixels.ts';
import type { PreparedData } from '../data/prepared-data.ts';
import { renderInto } from '../data/render.ts';
import { spreadOverClasses } from '../data/spread.ts';
import { forward } from '../evaluate/predict.ts';
import { ranked, softmax } from '../evaluate/predictions.ts';
import type { Classifier } from '../models/model.ts';
import { random } from '../numbers/random.ts';
import type { Callback } from '../train/callback.ts';

const watchedImages = 8;
const shownClasses = 5;

/** The images that a run watches, as the networks see them. */
export interface Watched {
  images: Probes['images'];
  /** Normalised [images, size, size, 3]. */
  values: Float32Array;
  /** The same in the other views of an ensemble. */
  views?: readonly Float32Array[];
}

/** Draws the images to watch out of `candidates`, indices into `pixels`: by the seed, of as many classes as possible. */
export function watchImages(
  pixels: Pixels,
  candidates: readonly number[],
  { mean, std }: Statistics,
  seed: number,
): Watched {
  const drawn = spreadOverClasses(pixels.labels, candidates, watchedImages, random(seed, 'probes'));
  const { size } = pixels;
  const floats = size * size * 3;
  const values = new Float32Array(drawn.length * floats);
  for (const [i, index] of drawn.entries())
    renderInto(pixels.image(index), size, identityTransform, mean, std, values, i * floats);
  return {
    images: drawn.map((index) => ({ key: pixels.keys[index]!, label: pixels.labels[index]! })),
    values,
  };
}

/** Of the held-out part; of the training part where nothing is held out. */
export function watchedOf(recipe: Recipe, { pool, split }: PreparedData): Watched {
  const candidates = split.validation.length > 0 ? split.validation : split.train;
  return watchImages(pool, candidates, recipe.data.image, recipe.seed);
}

/** A model's predictions for the watched images, in evaluation mode. */
function probed(model: Classifier, { images, values, views = [] }: Watched): Probe['predictions'] {
  const { classes } = model;
  const n = images.length;
  const probabilities = softmax(forward(model, { images: values, views, n }), classes);
  const predictions = { classes, n, labels: Int32Array.from(images, ({ label }) => label), probabilities };
  return images.map(({ key }, i) => ({ key, top5: ranked(predictions, i, shownClasses) }));
}

type Emit = (event: RunEvent) => void;

/** Emits the predictions of the model in training after each epoch. */
export function watchModel(watched: Watched, emit: Emit): Callback {
  return {
    afterEpoch({ role, epoch, model }) {
      emit({ type: 'probe', probe: { role, epoch, predictions: probed(model, watched) } });
    },
  };
}

/** Emits what the model in training is to learn from, the predictions of its teacher, before the first epoch, as epoch 0. */
export function watchTeacher(watched: Watched, teacher: Classifier, emit: Emit): Callback {
  return {
    beforeFit({ role, epoch, step }) {
      if (epoch > 1 || step > 0) return;
      emit({ type: 'probe', probe: { role, epoch: 0, predictions: probed(teacher, watched) } });
    },
  };
}
