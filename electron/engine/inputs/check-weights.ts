import type { Recipe } from '../../contract/recipe.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { TeacherRecipe } from '../../contract/recipe/teacher.ts';
import { recover } from '../run-folder/recovery.ts';
import { isActive } from '../../contract/run.ts';
import { onMember } from './ensemble.ts';
import { openStart } from './given-weights.ts';
import { checkOnnxTeacher, checkRunTeacher, checkTeacherWeights } from './read-teacher.ts';

async function checkTeacher(
  teacher: TeacherRecipe,
  classes: readonly string[],
  image: ImageRecipe,
): Promise<void> {
  if (teacher.source === 'ensemble') {
    for (const [k, member] of teacher.members.entries())
      await onMember(teacher, k, () => checkTeacher(member.teacher, classes, image));
    return;
  }
  if (teacher.source === 'onnx') return checkOnnxTeacher(teacher, classes, image);
  if (teacher.source === 'weights') return checkTeacherWeights(teacher, classes);
  if (teacher.source === 'train') {
    if (teacher.weights !== null) await openStart(teacher.weights, teacher.model, classes.length);
    return;
  }
  const run = await recover(teacher.path);
  // A run that is at work will have trained it when this one's turn comes.
  if (isActive(run.state) && !run.finished.some(({ role }) => role === teacher.role)) return;
  await checkRunTeacher(run, teacher.role, classes);
}

/** Looks at all weights that a recipe names, and at the classes of a given teacher, before anything is trained. Throws what is wrong. */
export async function checkWeights(
  { data, teacher, student }: Recipe,
  classes: readonly string[],
): Promise<void> {
  await checkTeacher(teacher, classes, data.image);
  if (student.weights !== null) await openStart(student.weights, student.model, classes.length);
}
