import { counted, type Finding, warning } from './findings.ts';
import type { Recipe } from './recipe.ts';
import type { TrainingRecipe } from './recipe/training.ts';

/** What is wrong with the ways in which a recipe's trainings balance their classes; errors first. `classes`: of the dataset. */
export function classBalanceFindings(
  { teacher, student }: Pick<Recipe, 'teacher' | 'student'>,
  classes: readonly { name: string; seen: boolean }[],
): Finding[] {
  const findings = [
    ...(teacher.source === 'train' ? ofTraining('teacher', teacher.training, classes) : []),
    ...ofTraining('student', student.training, classes),
  ];
  return findings.toSorted((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}

function ofTraining(
  role: 'teacher' | 'student',
  { classWeights, sampling }: TrainingRecipe,
  classes: readonly { seen: boolean }[],
): Finding[] {
  if (classWeights === null) return [];
  const field = `${role}.training.classWeights`;
  const unfit = (message: string): Finding[] => [
    { severity: 'error', code: 'class-weights-unfit', message, hint: weightsHint, field: `${field}.weights` },
  ];
  if (classWeights.by === 'list') {
    const { weights } = classWeights;
    if (weights.length !== classes.length)
      return unfit(
        `The ${role} has ${counted(weights.length, 'class weight')} for ${counted(classes.length, 'class', 'classes')}.`,
      );
    // A teacher may learn other classes than the student; that one has a weight is all that can be asked of it here.
    const counting = role === 'student' ? weights.filter((_, id) => classes[id]!.seen) : weights;
    return counting.some((weight) => weight > 0)
      ? []
      : unfit(`All classes that the ${role} is trained on have the weight 0.`);
  }
  if (sampling === 'uniform') return [];
  return [
    warning(
      'classes-balanced-twice',
      `The ${role}'s classes are balanced twice: by sampling and by weights that follow from the numbers of images.`,
      'Keep one of the two: balanced sampling shows rare classes more often, weights count them more.',
      field,
    ),
  ];
}

const weightsHint =
  "Give one weight for each of the dataset's classes, in their order, or let them follow from the images.";
