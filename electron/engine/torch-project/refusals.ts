import { DistillError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';

const instead = 'Run the recipe here, or leave this out for the PyTorch project.';

const refused = (field: string, what: string): DistillError =>
  new DistillError('RECIPE_INVALID', `${field}: the PyTorch project has no ${what}.`, instead);

/** Throws RECIPE_INVALID with the field where a recipe asks for what the project cannot do. */
export function refuseUnsupported({ teacher, data }: Recipe): void {
  if (teacher.source === 'onnx') throw refused('teacher.source', 'teachers from ONNX files');
  if (teacher.source === 'ensemble') throw refused('teacher.source', 'ensembles of teachers');
  if (data.unlabelled !== null) throw refused('data.unlabelled', 'images without labels');
}

/** The same of a given teacher, once it is read. */
export const refusedOnnxOfRun = (): DistillError =>
  refused('teacher.path', 'teachers from ONNX files, and the teacher of this run is one');

export const refusedPart = (known: number, classes: number): DistillError =>
  refused('teacher', `teachers of some classes alone, and this one knows ${known} of the ${classes}`);
