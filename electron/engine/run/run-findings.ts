import { distillationFindings, networkStages } from '../../contract/distillation-findings.ts';
import { divisionFindings } from '../../contract/division-findings.ts';
import { DistillError } from '../../contract/errors.ts';
import type { Finding } from '../../contract/findings.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { imageOf } from '../../contract/role-image.ts';
import type { Role } from '../../contract/roles.ts';
import { startFindings } from '../../contract/start-weights.ts';
import { previewModel } from '../models/index.ts';
import { teacherModel, teacherOrigin } from '../estimate/foreseen-teacher.ts';
import type { PreparedData } from '../data/prepared-data.ts';

/** Findings about a run before it trains, once every image is read. */
export async function runFindings(recipe: Recipe, data: PreparedData): Promise<Finding[]> {
  const parameters = (model: ModelRecipe, role: Role) =>
    previewModel(model, data.classes.length, imageOf(recipe, role).size).reduce(
      (sum, layer) => sum + layer.parameters,
      0,
    );
  const teacher = await teacherModel(recipe.teacher);
  const division = divisionFindings({
    recipe,
    classes: data.counts,
    teacherImages: data.teacherSplit.train.length,
    unlabelledImages: data.unlabelled.length,
    parameters: {
      teacher: teacher && parameters(teacher, 'teacher'),
      student: parameters(recipe.student.model, 'student'),
    },
  });
  return [
    ...division,
    ...distillationFindings(recipe, networkStages(recipe.student.model, await teacherOrigin(recipe.teacher))),
    ...startFindings(recipe),
  ];
}

/** Throws INVALID_INPUT with all errors among the findings. */
export function refuseErrors(findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw new DistillError(
    'INVALID_INPUT',
    errors.map(({ message }) => message).join(' '),
    errors.map(({ hint }) => hint).join(' '),
  );
}
