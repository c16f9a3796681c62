import { DistillError } from '../../contract/errors.ts';
import { mixes } from '../../contract/recipe/mixing.ts';
import type { Recipe } from '../../contract/recipe.ts';

const instead = 'Run the recipe here, or leave this out for the PyTorch project.';

const refused = (field: string, what: string): DistillError =>
  new DistillError('RECIPE_INVALID', `${field}: the PyTorch project has no ${what}.`, instead);

const trained = (teacher: Recipe['teacher'], student: Recipe['student']) =>
  [
    ...(teacher.source === 'train' ? [['teacher', teacher] as const] : []),
    ['student', student] as const,
  ] as const;

/** Throws RECIPE_INVALID with the field where a recipe asks for what the project cannot do. */
export function refuseUnsupported({ teacher, student, data }: Recipe): void {
  if (teacher.source === 'onnx') throw refused('teacher.source', 'teachers from ONNX files');
  if (teacher.source === 'ensemble') throw refused('teacher.source', 'ensembles of teachers');
  if (data.unlabelled !== null) throw refused('data.unlabelled', 'images without labels');
  for (const [role, { training }] of trained(teacher, student)) {
    const at = `${role}.training`;
    if (training.sampling !== 'uniform') throw refused(`${at}.sampling`, 'sampling of classes');
    if (mixes(training.mixing)) throw refused(`${at}.mixing`, 'mixing of images');
    if (training.classWeights !== null) throw refused(`${at}.classWeights`, 'weights of classes');
  }
}

/** The same of a given teacher, once it is read. */
export const refusedOnnxOfRun = (): DistillError =>
  refused('teacher.path', 'teachers from ONNX files, and the teacher of this run is one');

export const refusedPart = (known: number, classes: number): DistillError =>
  refused('teacher', `teachers of some classes alone, and this one knows ${known} of the ${classes}`);
