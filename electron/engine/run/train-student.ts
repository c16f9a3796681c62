import { createDistillation } from '../distill/distillation.ts';
import { liveTeacher, type TeacherSource } from '../distill/teacher.ts';
import type { RunClock } from '../estimate/run-clock.ts';
import { isModel } from '../models/index.ts';
import { modelSeed } from '../inputs/models.ts';
import type { Candidate } from './candidate.ts';
import type { RunContext } from './run-context.ts';
import { openStoredLogits } from './stored-logits.ts';
import { trainRole } from './train-role.ts';
import { watchedOf, watchTeacher } from './watched-images.ts';

/** Trains the student on its teacher, whose logits come from the store where the run has one. */
export async function trainStudent(
  context: RunContext,
  { model: teacher, view = null }: Candidate,
  clock: RunClock,
): Promise<Candidate> {
  const { run, recipe, emit } = context;
  const finished = run.finished.some(({ role }) => role === 'student');
  const distillation = createDistillation(recipe.distillation, {
    student: recipe.student.model,
    teacher: isModel(teacher) ? teacher.recipe : null,
    seed: modelSeed(recipe, 'student'),
  });
  const wanted = distillation.needs.teacher;
  let source: TeacherSource | null = null;
  try {
    const stored = finished ? null : await openStoredLogits({ ...context, teacher, wanted, view });
    const { training } = recipe.student;
    const batchSize = run.runtime.trace === 'off' ? null : training.batchSize;
    source = stored?.teacher ?? liveTeacher(teacher, batchSize, wanted);
    const watched = view ? watchedOf(view.recipe, view.data) : context.watched;
    const callbacks = [...(stored?.callbacks ?? []), watchTeacher(watched, teacher, emit)];
    const guide = { distillation, teacher: source, callbacks, view };
    return await trainRole(context, 'student', training, guide, clock);
  } finally {
    source?.dispose();
    distillation.dispose();
  }
}
