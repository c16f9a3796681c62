import { batchLayout } from '../../contract/batch-layout.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { imageOf } from '../../contract/role-image.ts';
import type { Role } from '../../contract/run.ts';
import { stepsPerEpoch } from '../../contract/training-steps.ts';
import { ttaPasses } from '../evaluate/tta.ts';
import { samePixels } from '../inputs/teacher-view.ts';
import { forwardWork, type NetworkCost, networkCost, stepWork } from '../models/cost.ts';
import {
  type DescribedFile,
  type DescribedNetwork,
  type DescribedTeacher,
  type DescribedTraining,
  describeTrainings,
  teachersOf,
} from './described-training.ts';
import { type EndWork, planEnd } from './end-work.ts';
import type { RunCounts } from './run-counts.ts';

/** The work of a run, in the multiply-accumulates of models/cost.ts, which its training steps' time is about proportional to. */
export interface RunWork {
  /** Images that are read, checked and decoded. */
  imported: number;
  /** In order. */
  trainings: ReadonlyMap<Role, TrainingWork>;
  /** Of all forward passes of the evaluation and of drawing the copies for them, one entry a model. */
  evaluation: readonly number[];
  /** What follows: latency, exports. */
  end: EndWork;
}

export interface TrainingWork {
  /** Of all stages. */
  stages: readonly PlannedStage[];
  /** Of the forward passes after each epoch. */
  validation: number;
}

export interface PlannedStage {
  epochs: number;
  /** In an epoch. */
  steps: number;
  /** Of one step. */
  work: number;
}

/** A run as its time, memory and disk depend on it. */
export interface RunPlan extends RunWork {
  recipe: Recipe;
  counts: RunCounts;
  trainings: ReadonlyMap<Role, PlannedTraining>;
  /** Those that are evaluated, with the bytes of their weights: teacher (of an ensemble the sum), student, baseline. */
  networks: readonly {
    weightBytes: number;
    /** Whether its weights can be exported: not those of a file, or of an ensemble. */
    isExported: boolean;
  }[];
  /** Decoded images: those of the run, and once more in each way in which teachers see other pixels. */
  decoded: readonly { images: number; size: number }[];
}

export interface PlannedNetwork extends DescribedNetwork {
  cost: NetworkCost;
}

export type PlannedTeacher = PlannedNetwork | DescribedFile;

export interface PlannedTraining extends DescribedTraining<PlannedNetwork, PlannedTeacher>, TrainingWork {
  /** Images of a step. */
  batchSize: number;
}

/**
 * A forward pass alone runs kernel by kernel: it takes half of a recorded training step's time, not the third that its work makes
 * up (between 0.4 and 0.6 for networks of more than a few milliseconds). Steps that are not recorded are as slow as it is.
 */
export const untraced = 1.5;

/**
 * Drawing one pixel of an augmented copy, in multiply-accumulates of recorded training steps: on an AMD EPYC a core takes 25 ns, whatever
 * the image's size, and two cores take 0.17 ns for a multiply-accumulate.
 */
export const drawnPixelWork = 25 / 2 / 0.17;

/** Images of the run, and once more in each way in which teachers see them otherwise. */
function decodedImages(
  { data }: Recipe,
  { train, validation, test, teacher: own, unlabelled }: RunCounts,
  teachers: readonly DescribedTeacher[],
): RunPlan['decoded'] {
  const images = Math.max(train + validation, own.train + own.validation) + test + unlabelled;
  const views = [data.image];
  for (const { image } of teachers) if (!views.some((view) => samePixels(view, image))) views.push(image);
  return views.map(({ size }) => ({ images, size }));
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** Images of a training's step: those with labels, and all. */
function batchOf(
  { role, training }: DescribedTraining,
  recipe: Recipe,
  counts: RunCounts,
): { labelled: number; batchSize: number } {
  if (role === 'teacher') {
    const batchSize = Math.min(training.batchSize, counts.teacher.train);
    return { labelled: batchSize, batchSize };
  }
  const { labelled, unlabelled } = batchLayout(recipe, {
    labelled: counts.train,
    unlabelled: counts.unlabelled,
  });
  return { labelled, batchSize: role === 'student' ? labelled + unlabelled : labelled };
}

/** A teacher's forward pass for an image, in training steps. */
const askedWork = (teacher: PlannedTeacher): number =>
  'file' in teacher ? teacher.file.work : forwardWork(teacher.cost);

const weightBytesOf = (teacher: PlannedTeacher): number =>
  'file' in teacher ? teacher.file.bytes : teacher.cost.weightBytes;

/**
 * The plan of a run, from its recipe and counts alone. `given`: the networks of a teacher that is not trained here; none: it is, or
 * they are not known. `traced`: training steps are recorded and replayed as one graph.
 */
export function planRun(
  recipe: Recipe,
  counts: RunCounts,
  given: readonly DescribedTeacher[],
  traced: boolean,
): RunPlan {
  const forwardFactor = traced ? untraced : 1;
  const planned = ({ model, image }: DescribedNetwork): PlannedNetwork => ({
    model,
    image,
    cost: networkCost(model, counts.classes, image.size),
  });
  const plannedTeacher = (teacher: DescribedTeacher): PlannedTeacher =>
    'file' in teacher ? teacher : planned(teacher);
  /** A forward pass alone: a file's was timed as it is. */
  const aloneWork = (teacher: PlannedTeacher): number =>
    'file' in teacher ? teacher.file.work : forwardFactor * forwardWork(teacher.cost);
  const trainings = describeTrainings(recipe, given).map((described): PlannedTraining => {
    const { role, training } = described;
    const network = planned(described.network);
    const teachers = described.teachers.map(plannedTeacher);
    const { train, validation } = role === 'teacher' ? counts.teacher : counts;
    const { labelled, batchSize } = batchOf(described, recipe, counts);
    const asked = sum(teachers, askedWork);
    const stages = training.stages.map(({ epochs, freezeTo }) => ({
      epochs,
      steps: stepsPerEpoch(train, labelled),
      work: stepWork(network.cost, batchSize, freezeTo) + batchSize * asked,
    }));
    return {
      role,
      training,
      network,
      teachers,
      batchSize,
      stages,
      validation: validation * (aloneWork(network) + sum(teachers, aloneWork)),
    };
  });
  const teachers = teachersOf(recipe, given).map(plannedTeacher);
  const student = planned({ model: recipe.student.model, image: imageOf(recipe, 'student') });
  const evaluated = [
    ...(teachers.length > 0 ? [teachers] : []),
    [student],
    ...(recipe.baseline ? [[student]] : []),
  ];
  const ofTta = ttaPasses(recipe.evaluation.tta.counts);
  const passes = counts.test * (1 + ofTta) + counts.validation;
  // All passes but one are over copies. Without augmentation they are the images as they are, which cost next to nothing.
  const drawn = recipe.data.augment === null ? 0 : counts.test * Math.max(0, ofTta - 1);
  const pixelsOf = (networks: readonly PlannedTeacher[]): number =>
    sum([...new Set(networks.map(({ image }) => image.size))], (size) => size ** 2);
  const decoded = decodedImages(recipe, counts, teachers);
  return {
    recipe,
    counts,
    networks: evaluated.map((networks) => ({
      weightBytes: sum(networks, weightBytesOf),
      isExported: networks.length === 1 && 'cost' in networks[0]!,
    })),
    decoded,
    imported: sum(decoded, ({ images }) => images),
    trainings: new Map(trainings.map((training) => [training.role, training])),
    evaluation: evaluated.map(
      (networks) => passes * sum(networks, aloneWork) + drawn * pixelsOf(networks) * drawnPixelWork,
    ),
    end: planEnd(recipe, counts, student.cost, traced ? 1 : 1 / untraced),
  };
}
