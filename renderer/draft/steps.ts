interface Step {
  id: string;
  title: string;
  icon: string;
  /** The paths of the recipe's fields that are edited on it. */
  fields: RegExp;
}

/** The wizard's steps in their order. A new one is an entry here and a view in WizardView.vue. */
export const steps = [
  // Which classes the teacher learns is chosen beside the student's.
  { id: 'data', title: 'Data', icon: 'i-lucide-images', fields: /^(data|teacher\.trainClasses)/ },
  { id: 'teacher', title: 'Teacher', icon: 'i-lucide-graduation-cap', fields: /^teacher/ },
  { id: 'student', title: 'Student', icon: 'i-lucide-backpack', fields: /^student(?!\.training)/ },
  {
    id: 'training',
    title: 'Training',
    icon: 'i-lucide-chart-spline',
    fields: /^(student\.training|distillation|baseline|evaluation)/,
  },
  // The last has all others.
  { id: 'review', title: 'Review', icon: 'i-lucide-list-checks', fields: /^/ },
] as const satisfies readonly Step[];

export type StepId = (typeof steps)[number]['id'];
export const stepIds: readonly StepId[] = steps.map(({ id }) => id);

export const isStep = (value: unknown): value is StepId => stepIds.some((id) => id === value);

/** The step on which a recipe's field is edited, by the field's path, e.g. `student.training.stages[0].epochs`. */
export const stepOf = (path: string): StepId => steps.find(({ fields }) => fields.test(path))!.id;
