import type { Recipe } from '../../contract/recipe.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import { imageOf } from '../../contract/role-image.ts';
import { type Role, rolesToTrain } from '../../contract/run.ts';

/** A network, and how it sees the images. */
export interface DescribedNetwork {
  model: ModelRecipe;
  image: ImageRecipe;
}

/** The same of a network in an ONNX file. */
export interface DescribedFile {
  file: {
    /** Of the file and those with its weights. */
    bytes: number;
    /** Of its forward pass for an image, in the multiply-accumulates of training steps that take as long. */
    work: number;
  };
  image: ImageRecipe;
}

export type DescribedTeacher = DescribedNetwork | DescribedFile;

/** One training of a run. */
export interface DescribedTraining<Network = DescribedNetwork, Teacher = DescribedTeacher> {
  role: Role;
  training: TrainingRecipe;
  network: Network;
  /** The networks that it learns from, several of an ensemble; none: it learns from labels alone, or they are not known. */
  teachers: readonly Teacher[];
}

/** The network that a run trains as its teacher; null: its teacher is given. */
export const trainedTeacher = (recipe: Recipe): DescribedNetwork | null =>
  recipe.teacher.source === 'train'
    ? { model: recipe.teacher.model, image: imageOf(recipe, 'teacher') }
    : null;

/** The networks of a run's teacher: the one that it trains, or else the given ones. */
export function teachersOf(recipe: Recipe, given: readonly DescribedTeacher[]): readonly DescribedTeacher[] {
  const trained = trainedTeacher(recipe);
  return trained ? [trained] : given;
}

/** The trainings of a run, in order. `given`: the networks of a teacher that is not trained here; none: they are not known. */
export function describeTrainings(recipe: Recipe, given: readonly DescribedTeacher[]): DescribedTraining[] {
  const student = { model: recipe.student.model, image: imageOf(recipe, 'student') };
  return rolesToTrain(recipe).map(({ role, training }) => ({
    role,
    training,
    network: role === 'teacher' ? trainedTeacher(recipe)! : student,
    teachers: role === 'student' ? teachersOf(recipe, given) : [],
  }));
}
