import { createDistillation } from '../distill/distillation.ts';
import type { RunClock } from '../estimate/run-clock.ts';
import { modelSeed } from '../inputs/models.ts';
import { stagesOf } from '../inputs/teacher-stages.ts';
import type { Candidate } from './candidate.ts';
import type { RunContext } from './run-context.ts';
import { type OpenedTeachers, openTeachers } from './student-teachers.ts';
import { trainRole } from './train-role.ts';
import { watchedOf, watchTeacher } from './watched-images.ts';

/** Trains the student on its teacher, or on several, whose logits come from stores where the run has them. */
export async function trainStudent(
  context: RunContext,
  candidate: Candidate,
  clock: RunClock,
): Promise<Candidate> {
  const { recipe, emit } = context;
  const { model: teacher, view = null, views = [] } = candidate;
  const distillation = createDistillation(recipe.distillation, {
    student: recipe.student.model,
    teacher: stagesOf(teacher),
    network: teacher,
    seed: modelSeed(recipe, 'student'),
  });
  let opened: OpenedTeachers | null = null;
  try {
    opened = await openTeachers(context, candidate, distillation.needs.teacher);
    const watched = {
      ...(view ? watchedOf(view.recipe, view.data) : context.watched),
      views: views.map((one) => watchedOf(one.recipe, one.data).values),
    };
    const callbacks = [...opened.callbacks, watchTeacher(watched, teacher, emit)];
    const guide = { ...opened, distillation, callbacks };
    return await trainRole(context, 'student', recipe.student.training, guide, clock);
  } finally {
    for (const { source } of opened?.teachers.members ?? []) source.dispose();
    distillation.dispose();
  }
}
