import { DistillError } from '../../contract/errors.ts';
import type { SplitPreview } from '../../contract/split-preview.ts';
import type { ComputingHandlers } from '../../contract/services.ts';
import type { Sample } from '../data/dataset.ts';
import { countDivision, type Division, divide } from '../data/division.ts';
import { readImageFile } from '../data/image-file.ts';
import type { OpenDatasets } from '../data/open-datasets.ts';
import { previewImage } from '../data/preview-image.ts';
import { drawSample } from '../data/sample/draw.ts';
import { surveyUnlabelled } from '../data/survey-unlabelled.ts';
import { compareKeys } from '../data/source/source.ts';
import { Turns } from '../work/turns.ts';

/** Decoded photographs in memory at a time: 60 thumbnails may be asked for at once. */
const imagesAtOnce = 8;

/** What the wizard shows of a dataset, which is opened where it is not open, and the drawn one. */
export function datasetHandlers(datasets: OpenDatasets): ComputingHandlers['dataset'] {
  const turns = new Turns(imagesAtOnce);
  return {
    inspect: (name, context) => datasets.report(name, context),

    async unlabelled({ unlabelled, ...name }, context) {
      return surveyUnlabelled(await datasets.dataset(name, context), unlabelled, context);
    },

    async images({ path, classNames, reading, part, classId, offset, limit }, context) {
      const dataset = await datasets.dataset({ path, classNames, reading }, context);
      checkClass(classId, dataset.classes);
      const all = dataset[part];
      const matching = classId === null ? all : all.filter(({ label }) => label === classId);
      const images = matching.slice(offset, offset + limit);
      return {
        total: matching.length,
        images: images.map(({ key, label, track }) => ({ key, label, track })),
      };
    },

    async split({ path, data, teacherClasses, seed, classId }, context) {
      const { classNames, reading } = data;
      const dataset = await datasets.dataset({ path, classNames, reading }, context);
      checkClass(classId, dataset.classes);
      return splitPreview(divide(dataset, data, seed, { teacherClasses }), classId);
    },

    sample: ({ folder, seed, tracksPerClass, testPerClass }, { signal, progress }) =>
      drawSample(folder, {
        seed,
        tracksPerClass,
        testPerClass,
        signal,
        onProgress: (done, total) => progress({ done, total }),
      }),

    image: ({ path, key, side, augment, resize, seed }, context) =>
      turns.take(context.signal, async () => {
        const bytes = key === null ? await readImageFile(path) : await datasets.read(path, key, context);
        const preview = await previewImage(bytes, { side, resize, augment, seed }).catch(
          (thrown: unknown) => {
            throw named(thrown, key ?? path);
          },
        );
        return { type: preview.type, base64: preview.bytes.toString('base64') };
      }),
  };
}

function checkClass(classId: number | null, classes: readonly string[]): void {
  if (classId === null || classId < classes.length) return;
  throw new DistillError(
    'INVALID_INPUT',
    `Class ${classId} is not in the dataset, whose classes are 0 to ${classes.length - 1}.`,
    'Choose one of the classes of the dataset.',
  );
}

function splitPreview(division: Division, classId: number | null): SplitPreview {
  const { pool, test, split, teacherSplit, method, leftAside, leaks } = division;
  const training = split.train.map((index) => pool[index]!);
  const validation = split.validation.map((index) => pool[index]!);
  return {
    classes: countDivision(division),
    tracks: classId === null ? [] : tracksOf(classId, { train: training, validation, test, all: pool }),
    totals: { train: training.length, validation: validation.length, test: test.length },
    teacher: { train: teacherSplit.train.length, validation: teacherSplit.validation.length },
    method,
    leftAside,
    leaks,
  };
}

type TrackRow = SplitPreview['tracks'][number];

/** A track whose images fall into several parts, as a stratified split makes them, has a row for each. */
function tracksOf(
  classId: number,
  { all, ...used }: Record<'train' | 'validation' | 'test' | 'all', readonly Sample[]>,
): TrackRow[] {
  const known = new Set(Object.values(used).flat());
  const unused = all.filter((sample) => !known.has(sample));
  const rowsOf = (part: TrackRow['part'], samples: readonly Sample[]): TrackRow[] => {
    const images = new Map<string, number>();
    for (const { label, track } of samples)
      if (label === classId && track !== null) images.set(track, (images.get(track) ?? 0) + 1);
    return [...images].map(([track, count]) => ({ track, images: count, part }));
  };
  return [
    ...rowsOf('train', used.train),
    ...rowsOf('validation', used.validation),
    ...rowsOf('test', used.test),
    ...rowsOf('unused', unused),
  ].sort((a, b) => compareKeys(a.track, b.track));
}

/** The decoder does not know whose bytes it reads. */
function named(thrown: unknown, image: string): unknown {
  if (!(thrown instanceof DistillError) || thrown.code !== 'IMAGE_UNREADABLE') return thrown;
  const { code, message, hint } = thrown;
  return new DistillError(code, `"${image}": ${message}`, hint, { cause: thrown });
}
