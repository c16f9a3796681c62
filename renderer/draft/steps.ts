export const stepIds = ['data', 'teacher', 'student', 'training', 'review'] as const;
export type StepId = (typeof stepIds)[number];

export const steps: readonly { id: StepId; title: string; icon: string }[] = [
  { id: 'data', title: 'Data', icon: 'i-lucide-images' },
  { id: 'teacher', title: 'Teacher', icon: 'i-lucide-graduation-cap' },
  { id: 'student', title: 'Student', icon: 'i-lucide-backpack' },
  { id: 'training', title: 'Training', icon: 'i-lucide-chart-spline' },
  { id: 'review', title: 'Review', icon: 'i-lucide-list-checks' },
];

export const isStep = (value: unknown): value is StepId => stepIds.some((id) => id === value);

/** The step on which a recipe's field is edited, by the field's path, e.g. `student.training.stages[0].epochs`. */
export function stepOf(path: string): StepId {
  // Which classes the teacher learns is chosen beside the student's.
  if (path.startsWith('data') || path.startsWith('teacher.trainClasses')) return 'data';
  if (path.startsWith('teacher')) return 'teacher';
  if (path.startsWith('student') && !path.startsWith('student.training')) return 'student';
  if (/^(student\.training|distillation|baseline|evaluation)/.test(path)) return 'training';
  return 'review';
}
