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

/** One training of a run. */
export interface DescribedTraining<Network = DescribedNetwork> {
  role: Role;
  training: TrainingRecipe;
  network: Network;
  /** The network that it learns from; null: none, or one that is not known. */
  teacher: Network | null;
}

/** The teacher of a run: the one that it trains, or else the given one. */
export const teacherOf = (recipe: Recipe, given: DescribedNetwork | null): DescribedNetwork | null =>
  recipe.teacher.source === 'train'
    ? { model: recipe.teacher.model, image: imageOf(recipe, 'teacher') }
    : given;

/** The trainings of a run, in order. `given`: the teacher where it is not trained here; null: not known. */
export function describeTrainings(recipe: Recipe, given: DescribedNetwork | null): DescribedTraining[] {
  const teacher = teacherOf(recipe, given);
  const student = { model: recipe.student.model, image: imageOf(recipe, 'student') };
  return rolesToTrain(recipe).map(({ role, training }) => ({
    role,
    training,
    network: role === 'teacher' ? teacher! : student,
    teacher: role === 'student' ? teacher : null,
  }));
}
