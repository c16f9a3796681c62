import { stat } from 'node:fs/promises';
import { architectureName, usualSize } from '../../contract/architectures.ts';
import { DistillError } from '../../contract/errors.ts';
import type { TeacherLogits } from '../../contract/teacher-logits.ts';
import { type DataRecipe, dataSchema } from '../../contract/recipe/data.ts';
import type { GivenTeacher } from '../../contract/recipe/teacher.ts';
import type { CallContext } from '../../contract/method.ts';
import type { Handlers } from '../../contract/services.ts';
import { chooseBackend } from '../backend/choose.ts';
import { networkInput } from '../data/network-input.ts';
import type { OpenDatasets } from '../data/open-datasets.ts';
import { divide } from '../data/division.ts';
import { spreadOverClasses } from '../data/spread.ts';
import { forward } from '../evaluate/predict.ts';
import { random } from '../numbers/random.ts';
import { listRuns } from '../run-folder/recovery.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { dataPathOf } from '../data/prepared-data.ts';
import { readTeacher } from '../inputs/read-teacher.ts';
import { readSettings } from '../user/settings.ts';

/** A teacher, and how its images are found and prepared. */
interface Asked {
  teacher: GivenTeacher;
  /** In a sentence, for square images of `size` pixels. */
  source: (size: number) => string;
  path: string;
  data: DataRecipe;
  /** Seed of the division into parts. */
  seed: number;
}

async function newestTeacher(context: CallContext): Promise<GivenTeacher> {
  const { runsFolder } = await readSettings({}, context);
  const runs = await listRuns(runsFolder);
  for (const { state, dataset, folder } of runs) {
    const isThere = () =>
      stat(dataset!).then(
        () => true,
        () => false,
      );
    if (state === 'completed' && dataset !== null && (await isThere()))
      return { source: 'run', path: folder, role: 'teacher' };
  }
  throw new DistillError(
    'NOT_FOUND',
    'There is no trained teacher yet: no run has been completed whose dataset is still there.',
    'Complete a run first, or name a teacher that is trained already.',
  );
}

interface Given {
  /** The dataset. */
  data: string | null;
  preparation: DataRecipe | null;
  seed: number;
}

async function findImages(teacher: GivenTeacher, { data, preparation, seed }: Given): Promise<Asked> {
  if (teacher.source === 'run') {
    const run = await RunFolder.open(teacher.path);
    return {
      teacher,
      source: () => `The ${teacher.role} of the run "${run.recipe.name}" of ${run.startedAt.slice(0, 10)}.`,
      path: dataPathOf(run.recipe, data ?? run.dataPath),
      data: run.recipe.data,
      seed: run.recipe.seed,
    };
  }
  if (data === null) {
    throw new DistillError(
      'INVALID_INPUT',
      'A teacher from a file needs images to classify.',
      'Name the dataset.',
    );
  }
  if (teacher.source === 'onnx')
    return {
      teacher,
      source: () => `The network in ${teacher.path}.`,
      path: data,
      data: preparation ?? dataSchema.parse({}),
      seed,
    };
  const prepared = preparation ?? dataSchema.parse({ image: { size: usualSize(teacher.model) } });
  return {
    teacher,
    source: (size) =>
      `${architectureName(teacher.model.architecture)} with the weights in ${teacher.path}, at ${size} pixels.`,
    path: data,
    data: prepared,
    seed,
  };
}

async function computeLogits(
  { teacher, source, path, data, seed: splitSeed }: Asked,
  { count, seed }: { count: number; seed: number },
  datasets: OpenDatasets,
  context: CallContext,
): Promise<TeacherLogits> {
  const dataset = await datasets.dataset(
    { path, classNames: data.classNames, reading: data.reading },
    context,
  );
  const { classes, test } = divide(dataset, data, splitSeed, { isSplitWanted: false });
  const labels = test.map(({ label }) => label);
  const drawn = spreadOverClasses(labels, [...labels.keys()], count, random(seed, 'teacher-answers'));
  const samples = drawn.map((index) => test[index]!);
  const { backend, threads } = (await readSettings({}, context)).runtime;
  await chooseBackend(backend, threads);
  const { model, image } = await readTeacher(teacher, {
    dataset: classes.map(({ name }) => name),
    image: data.image,
  });
  try {
    const inputs = await Promise.all(
      samples.map(async ({ key }) => networkInput(await datasets.read(path, key, context), image)),
    );
    const images = inputs.map((values, i) => {
      if (context.signal.aborted) throw new DistillError('CANCELLED', 'Asking the teacher was cancelled.');
      const { key, label } = samples[i]!;
      return { path, key, label, logits: [...forward(model, { images: values, n: 1 })] };
    });
    return { source: source(image.size), classes: classes.map(({ id, name }) => ({ id, name })), images };
  } finally {
    model.dispose();
  }
}

/**
 * The logits of a trained teacher for some test images, prepared as the run prepares them. Throws
 * NOT_FOUND where there is no such teacher, or its images are gone; WEIGHTS_MISMATCH where it knows other classes than the data;
 * and what openDataset throws.
 */
export function teacherLogits(datasets: OpenDatasets): Handlers['models']['teacherLogits'] {
  return async ({ teacher, data, preparation, count, seed }, context) => {
    if (teacher?.source === 'train') {
      throw new DistillError(
        'NOT_FOUND',
        'This teacher is still to be trained: it has no predictions yet.',
        "Ask without a teacher for those of the newest completed run's.",
      );
    }
    if (teacher?.source === 'ensemble') {
      throw new DistillError(
        'NOT_FOUND',
        'Several teachers have no common logits: their probabilities are averaged at each temperature anew.',
        'Ask for one of them, or without a teacher for the newest completed run.',
      );
    }
    const asked = await findImages(teacher ?? (await newestTeacher(context)), { data, preparation, seed });
    return computeLogits(asked, { count, seed }, datasets, context);
  };
}
