import { DistillError } from '../../contract/errors.ts';
import type { CallContext } from '../../contract/method.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { Handlers } from '../../contract/services.ts';
import { chooseBackend } from '../backend/choose.ts';
import type { Sample } from '../data/dataset.ts';
import { divide, type Division } from '../data/division.ts';
import { listDataset } from '../data/import.ts';
import { PixelStore } from '../data/pixel-store.ts';
import { Pixels } from '../data/pixels.ts';
import { dataPathOf } from '../data/prepared-data.ts';
import { openSource } from '../data/source/index.ts';
import { spreadOverClasses } from '../data/spread.ts';
import { survey } from '../data/survey.ts';
import { readTeacher } from '../inputs/read-teacher.ts';
import { random } from '../numbers/random.ts';
import { type CheckedTeacher, evaluateGivenTeacher, mostImages } from './check-teacher.ts';
import { readSettings } from '../user/settings.ts';
import { throttledPhases } from '../work/progress.ts';

/** Held-out images, of the test part where nothing is held out, spread over the classes. Throws INVALID_INPUT where there are none. */
function heldOut({ split, pool, test }: Division, seed: number): Sample[] {
  const held = split.validation.length > 0 ? split.validation.map((index) => pool[index]!) : test;
  if (held.length === 0)
    throw new DistillError(
      'INVALID_INPUT',
      'The dataset has neither validation nor test images to check the teacher with.',
      'Hold out validation images (data.split), or bring test images.',
    );
  const labels = held.map(({ label }) => label);
  const drawn = spreadOverClasses(labels, [...held.keys()], mostImages, random(seed, 'teacher-check'));
  return drawn.map((index) => held[index]!);
}

/** Reads these images alone, resized; those that cannot be read are left out. Whoever gets them closes the store. */
async function readPixels(
  path: string,
  samples: readonly Sample[],
  image: Pick<ImageRecipe, 'size' | 'resize'>,
  { workers, signal, progress }: { workers: number } & CallContext,
): Promise<{ store: PixelStore; pixels: Pixels }> {
  const store = await PixelStore.create({ count: samples.length, size: image.size });
  const { source } = await openSource(path, signal);
  try {
    const keys = samples.map(({ key }) => key);
    const seen = await survey(source, keys, {
      signal,
      onProgress: (done, total) => progress({ done, total, phase: 'import' }),
      keep: { store, method: image.resize, workers, rowOf: (at) => at },
    });
    const rows = [...samples.keys()].filter((at) => !('problem' in seen[at]!));
    const read = rows.map((at) => samples[at]!).map(({ key, label }) => ({ key, label }));
    return { store, pixels: new Pixels(store, read, rows) };
  } catch (thrown) {
    await store.close();
    throw thrown;
  } finally {
    await source.close();
  }
}

/** As a run would check it, whose errors are a verdict. */
async function verdictOf(options: Parameters<typeof evaluateGivenTeacher>[0]): Promise<CheckedTeacher> {
  try {
    const checked = await evaluateGivenTeacher(options);
    if (checked) return checked;
  } catch (thrown) {
    if (!(thrown instanceof DistillError) || thrown.code !== 'WEIGHTS_MISMATCH') throw thrown;
    return { verdict: 'wrong', message: thrown.message, hint: thrown.hint, remedy: null };
  }
  throw new DistillError('INVALID_INPUT', 'None of the held-out images can be read.');
}

/**
 * Evaluates a recipe's teacher on held-out images that are read for it alone. Throws INVALID_INPUT for a teacher that is trained in the
 * run, and what listDataset, divide and readTeacher throw.
 */
export const checkTeacher: Handlers['models']['checkTeacher'] = async ({ recipe }, context) => {
  const { teacher, data, seed } = recipe;
  const { signal } = context;
  if (teacher.source === 'train')
    throw new DistillError(
      'INVALID_INPUT',
      'This teacher is trained in the run: there is nothing to check yet.',
      'Check a teacher from a run, from weights or from an ONNX file.',
    );
  if (teacher.source === 'ensemble')
    throw new DistillError(
      'INVALID_INPUT',
      'Several teachers are not checked together.',
      'Check each of them alone.',
    );
  const path = dataPathOf(recipe, null);
  const { classNames, reading } = data;
  const { classes, samples } = await listDataset(path, { classNames, reading, signal });
  const division = divide({ classes, ...samples }, data, seed);
  const drawn = heldOut(division, seed);
  const { backend, threads, workers } = (await readSettings({}, context)).runtime;
  await chooseBackend(backend, threads);
  const remarks: string[] = [];
  const { model, image, trials, scores } = await readTeacher(teacher, {
    dataset: classes,
    image: data.image,
    log: (_level, message) => remarks.push(message),
  });
  try {
    const progress = throttledPhases(context.progress);
    const own: Recipe = { ...recipe, data: { ...data, image } };
    const { store, pixels } = await readPixels(path, drawn, own.data.image, { workers, signal, progress });
    try {
      const checked = await verdictOf({
        model,
        recipe: own,
        data: {
          pool: pixels,
          test: pixels,
          classes: division.classes,
          split: { train: [], validation: [...pixels.labels.keys()] },
        },
        trials,
        expected: scores === null ? null : (scores.validation ?? scores.test).accuracy,
        workers,
        signal,
        onProgress: ({ done, total }) => progress({ done, total, phase: 'check' }),
      });
      return { ...checked, remarks };
    } finally {
      await store.close();
    }
  } finally {
    model.dispose();
  }
};
