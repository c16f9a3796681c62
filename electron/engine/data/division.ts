import type { Leak, SkippedFile } from '../../contract/dataset.ts';
import type { SplitPreview } from '../../contract/split-preview.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { DataRecipe } from '../../contract/recipe/data.ts';
import type { Dataset, Sample, Split } from './dataset.ts';
import { findLeaks, type Held } from './leaks.ts';
import type { Pictures } from './pictures.ts';
import { countClasses } from './report.ts';
import {
  chosenClasses,
  holdOutTest,
  isSeen,
  requireValidation,
  type SplitMethod,
  splitMethod,
  splitSamples,
  type TrainClasses,
} from './split.ts';

/** A dataset as a recipe divides it. */
export interface Division {
  /** The vocabulary; `seen`: the student trains on images of it. */
  classes: { id: number; name: string; seen: boolean }[];
  /** Images that may train or validate, of all classes. */
  pool: Sample[];
  test: Sample[];
  /** Training and validation of the student by indices into `pool`; empty where it is not wanted. */
  split: Split;
  /** The same of a teacher that is trained here, which may learn other classes; else the student's. */
  teacherSplit: Split;
  /** The same of both. */
  whole: Split;
  method: SplitMethod;
  /** Images of the dataset's own validation part that are left aside: the method holds out others. */
  leftAside: number;
  /** Training images whose picture validation or test has, too; left out of training where the recipe asks for it. */
  leaks: Leak[];
  /** Images without labels that the student learns from; empty where the split is not wanted. */
  unlabelled: Sample[];
  /** Those that show a picture of validation or test, which are always left out. */
  unlabelledCopies: SkippedFile[];
}

export interface DivideOptions {
  isSplitWanted?: boolean;
  /** The classes of a teacher that is trained here; null: none is. */
  teacherClasses?: TrainClasses | null;
}

/** The classes that a teacher is trained on here; null where none is. */
export const taughtClasses = ({ teacher }: Pick<Recipe, 'teacher'>): TrainClasses | null =>
  teacher.source === 'train' ? teacher.trainClasses : null;

/** The classes whose images train or validate something. */
export function neededClasses(student: TrainClasses, teacher: TrainClasses | null): TrainClasses {
  if (student === 'all' || teacher === 'all') return 'all';
  return [...new Set([...student, ...(teacher ?? [])])];
}

/**
 * Divides a dataset as a run of a recipe with this data and seed does. The dataset's own validation part validates or is
 * left aside; it never trains and never tests. Which images of a class validate depends on no other class. Throws what splitSamples
 * throws, and INVALID_INPUT where that part is wanted and missing.
 */
export function divide(
  dataset: Pick<Dataset, 'classes' | 'train' | 'validation' | 'test'> &
    Partial<Pick<Dataset, 'pictures' | 'unlabelled'>>,
  { trainClasses, split, testFraction, dropLeaks }: DataRecipe,
  recipeSeed: number,
  { isSplitWanted = true, teacherClasses = null }: DivideOptions = {},
): Division {
  const seed = split.seed ?? recipeSeed;
  const { train, test } = dataset.test.length > 0 ? dataset : holdOutTest(dataset.train, testFraction, seed);
  const method = splitMethod(split, dataset);
  const { validation } = dataset;
  const isGiven = method === 'given';
  if (isGiven) requireValidation(validation.length);
  const vocabulary = dataset.classes.length;
  chosenClasses({ trainClasses, classes: vocabulary });
  if (teacherClasses !== null)
    chosenClasses({ trainClasses: teacherClasses, classes: vocabulary }, 'teacher.trainClasses');
  const needed = neededClasses(trainClasses, teacherClasses);
  const options = { trainClasses: needed, classes: vocabulary, seed };
  const pool = isGiven && isSplitWanted ? [...train, ...validation] : train;
  const divided = (): Split => {
    if (!isSplitWanted) return { train: [], validation: [] };
    if (!isGiven) return splitSamples(train, { ...split, method }, options);
    const held = [...validation.keys()].filter((at) => isSeen(needed, validation[at]!.label));
    return {
      train: splitSamples(train, { ...split, method: 'all' }, options).train,
      validation: held.map((at) => train.length + at),
    };
  };
  const drawn = divided();
  const samplesOf = (indices: readonly number[]) => indices.map((index) => pool[index]!);
  const { pictures, unlabelled = [] } = dataset;
  const held = { validation: samplesOf(drawn.validation), test };
  const leaks = pictures ? findLeaks(pictures, samplesOf(drawn.train), held) : [];
  const copies = pictures ? copiesOfHeld(pictures, unlabelled, held) : [];
  const leftOut = new Set(copies.map(({ file }) => file));
  const left = new Set(dropLeaks ? leaks.map((leak) => leak.train) : []);
  const whole: Split = { ...drawn, train: drawn.train.filter((index) => !left.has(pool[index]!.key)) };
  const ofClasses = (chosen: TrainClasses): Split => {
    const isChosen = (index: number) => isSeen(chosen, pool[index]!.label);
    return { train: whole.train.filter(isChosen), validation: whole.validation.filter(isChosen) };
  };
  const own = ofClasses(trainClasses);
  const training = isSplitWanted ? own.train.map((index) => pool[index]!) : train;
  const trained = new Set(training.map(({ label }) => label));
  return {
    // A class without training images is unseen, whatever the recipe.
    classes: dataset.classes.map((name, id) => ({
      id,
      name,
      seen: isSeen(trainClasses, id) && trained.has(id),
    })),
    pool,
    test,
    split: own,
    teacherSplit: teacherClasses === null ? own : ofClasses(teacherClasses),
    whole,
    method,
    leftAside: isGiven ? 0 : validation.length,
    leaks,
    unlabelled: isSplitWanted ? unlabelled.filter(({ key }) => !leftOut.has(key)) : [],
    unlabelledCopies: copies,
  };
}

const copiesOfHeld = (pictures: Pictures, unlabelled: readonly Sample[], held: Held): SkippedFile[] =>
  findLeaks(pictures, unlabelled, held).map(({ train, other, part }) => ({
    file: train,
    reason: 'leak',
    detail: `shows the picture of ${other}, a ${part} image`,
  }));

/** Images and tracks of each class in the student's parts. */
export function countDivision({ classes, pool, split, test }: Division): SplitPreview['classes'] {
  const names = classes.map(({ name }) => name);
  const training = split.train.map((index) => pool[index]!);
  const validation = split.validation.map((index) => pool[index]!);
  const tracksValidation = countClasses(names, validation, [], []).map(({ tracks }) => tracks);
  return countClasses(names, training, validation, test).map(({ id, name, tracks, ...counts }) => ({
    id,
    name,
    seen: classes[id]!.seen,
    ...counts,
    tracksTrain: tracks,
    tracksValidation: tracksValidation[id]!,
  }));
}
