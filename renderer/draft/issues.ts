import { distillationFindings, type NetworkStages } from '../../electron/contract/distillation-findings.ts';
import { describeIssues } from '../../electron/contract/issues.ts';
import { type Recipe, recipeSchema } from '../../electron/contract/recipe.ts';
import { type StepId, stepOf } from './steps.ts';

/** One thing that keeps a recipe from being run. */
export interface FieldIssue {
  /** Of the field, e.g. `student.training.stages[0].epochs`. */
  path: string;
  step: StepId;
  /** One sentence. */
  message: string;
  /** Nothing was given yet, as opposed to something wrong. */
  missing: boolean;
}

/** What only the dataset and the networks show; null: not known yet. */
export interface Facts {
  classes: number | null;
  /** The dataset was tried and cannot be read. */
  isUnreadable?: boolean;
  /** Parameter groups of the networks that are trained. */
  groups?: Record<'teacher' | 'student', number | null>;
  /** Names of the networks' stages. */
  stages?: NetworkStages;
  /** What is wrong with the files of weights, by the field that names one. */
  weights?: readonly { path: string; message: string }[];
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** `expected at least 1, got 0` -> `Must be at least 1; it is 0.` */
function worded(clause: string): string {
  const match = /^expected (.+), got ([^;]+)(; .*)?$/.exec(clause);
  if (!match) return sentence(clause);
  const [, expected, got, rest = ''] = match;
  // An emptied field is NaN here, which JSON calls null.
  if (got === 'null') return expected === 'a number' ? 'Enter a number.' : `Enter ${expected}.`;
  if (got === '""') return 'Must not be empty.';
  return `Must be ${expected}; it is ${got}${rest}.`;
}

/** Everything that is wrong with a recipe: what the schema finds, then what the schema cannot know. */
export function findIssues(recipe: Recipe, facts: Facts): FieldIssue[] {
  return [
    ...schemaIssues(recipe),
    ...otherIssues(recipe, facts),
    ...freezingIssues(recipe, facts),
    ...stageIssues(recipe, facts),
    ...(facts.weights ?? []).map((one) => ({ ...one, step: stepOf(one.path), missing: false })),
  ];
}

/** Stages that a distillation term names and a network does not have. */
const stageIssues = (recipe: Recipe, { stages }: Facts): FieldIssue[] =>
  distillationFindings(recipe, stages ?? { student: null, teacher: null })
    .filter(({ severity }) => severity === 'error')
    .map(({ field: path, message, hint }) => ({
      path,
      step: stepOf(path),
      message: `${message} ${hint}`,
      missing: false,
    }));

/** Stages that freeze more groups than their network has. */
function freezingIssues({ teacher, student }: Recipe, { groups }: Facts): FieldIssue[] {
  return (['teacher', 'student'] as const).flatMap((role) => {
    const network = role === 'student' ? student : teacher.source === 'train' ? teacher : null;
    const count = groups?.[role] ?? null;
    if (network === null || count === null) return [];
    return network.training.stages.flatMap(({ freezeTo }, i): FieldIssue[] => {
      // What is no number, or beyond every network, the schema has reported.
      const isBeyond = freezeTo >= count || freezeTo < -count;
      if (!isBeyond || Math.abs(freezeTo) > mostGroups) return [];
      const path = `${role}.training.stages[${i}].freezeTo`;
      const message = `The network has ${count} parameter groups: choose a number from −${count} to ${count - 1}.`;
      return [{ path, step: stepOf(path), message, missing: false }];
    });
  });
}
/** The schema's limit of frozen groups. */
const mostGroups = 16;

const tooFewClasses = 'Choose at least two classes to train on.';

function schemaIssues(recipe: Recipe): FieldIssue[] {
  const parsed = recipeSchema.safeParse(recipe);
  if (parsed.success) return [];
  return describeIssues(parsed.error.issues, recipeSchema, recipe).map((clause) => {
    const border = clause.indexOf(': ');
    const path = clause.slice(0, border);
    // A list of classes is nothing that one types.
    if (path === 'data.trainClasses' || path === 'teacher.trainClasses')
      return { path, step: stepOf(path), message: tooFewClasses, missing: false };
    const missing = /^(teacher\.path|name)$/.test(path) && clause.endsWith('got ""');
    return { path, step: stepOf(path), message: worded(clause.slice(border + 2)), missing };
  });
}

function otherIssues({ data, teacher }: Recipe, { classes, isUnreadable }: Facts): FieldIssue[] {
  const issues: FieldIssue[] = [];
  const add = (path: string, message: string, missing = false) =>
    issues.push({ path, step: stepOf(path), message, missing });
  if (data.path === null) add('data.path', 'Choose a dataset.', true);
  else if (isUnreadable) add('data.path', 'The dataset cannot be read.');
  if (data.trainClasses !== 'all' && data.trainClasses.length === 1) add('data.trainClasses', tooFewClasses);
  if (data.trainClasses !== 'all' && classes !== null) {
    const outside = data.trainClasses.filter((id) => id >= classes);
    if (outside.length > 0)
      add(
        'data.trainClasses',
        `The dataset has no class ${outside.join(', ')}; its classes are 0 to ${classes - 1}.`,
      );
  }
  if (teacher.source === 'train' && teacher.trainClasses !== 'all') {
    if (teacher.trainClasses.length === 1) add('teacher.trainClasses', tooFewClasses);
    const outside = teacher.trainClasses.filter((id) => classes !== null && id >= classes);
    if (outside.length > 0)
      add('teacher.trainClasses', `The dataset has no class ${outside.join(', ')} for the teacher to learn.`);
  }
  if (classes !== null && classes < 2)
    add('data.path', 'A classifier needs a dataset with at least two classes.');
  return issues;
}

/** The first issue of a field, or of what lies inside it. */
export const issueAt = (issues: readonly FieldIssue[], path: string): FieldIssue | undefined =>
  issues.find(
    (issue) => issue.path === path || issue.path.startsWith(`${path}.`) || issue.path.startsWith(`${path}[`),
  );
