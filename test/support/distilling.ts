import { distillationSchema } from '../../electron/contract/distillation.ts';
import { createDistillation, type Distillation } from '../../electron/engine/distill/distillation.ts';
import { createObjective, type Objective } from '../../electron/engine/distill/objective.ts';
import { liveTeacher, type TeacherSource } from '../../electron/engine/distill/teacher.ts';
import { soleTeacher, type Teachers } from '../../electron/engine/distill/teachers.ts';
import type { Model } from '../../electron/engine/models/model.ts';

export interface DistillingOptions {
  /** A live one unless given. */
  source?: TeacherSource;
  labelSmoothing?: number;
  classWeights?: readonly number[] | null;
  epochs?: number;
  seed?: number;
  /** How the teacher sees the images: 0 as the student does. */
  view?: number;
  /** Several, in its place. */
  teachers?: Teachers;
}

/** What a student learns from, as a run whose recipe has this `distillation` gives it to the training. */
export function distilling(
  recipe: unknown,
  student: Pick<Model, 'recipe'>,
  teacher: Model,
  {
    source,
    labelSmoothing = 0,
    classWeights = null,
    epochs = 1,
    seed = 1,
    view = 0,
    teachers,
  }: DistillingOptions = {},
): { objective: Objective; distillation: Distillation } {
  const distillation = createDistillation(distillationSchema.parse(recipe), {
    student: student.recipe,
    teacher: teacher.recipe,
    network: teacher,
    seed,
  });
  const objective = createObjective({
    distillation,
    teachers: teachers ?? soleTeacher(source ?? liveTeacher(teacher, null, distillation.needs.teacher), view),
    labelSmoothing,
    classWeights,
    epochs,
  });
  return { objective, distillation };
}
