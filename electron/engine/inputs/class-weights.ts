import { weightsOfClasses } from '../../contract/recipe/class-weights.ts';
import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import type { Role } from '../../contract/run.ts';
import type { PreparedData } from '../data/prepared-data.ts';
import { splitOf } from './loaders.ts';

/** What a role's label loss weighs each class of the vocabulary by; null: all alike. */
export function classWeightsOf(
  data: Pick<PreparedData, 'pool' | 'split' | 'teacherSplit' | 'classes'>,
  role: Role,
  { classWeights }: TrainingRecipe,
): readonly number[] | null {
  if (classWeights === null) return null;
  const images = data.classes.map(() => 0);
  for (const index of splitOf(data, role).train) images[data.pool.labels[index]!]!++;
  return weightsOfClasses(classWeights, images);
}
