import type { ImportReport } from '../../../contract/dataset.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import type { ModelResult, RunResult } from '../../../contract/result.ts';
import type { Role } from '../../../contract/run.ts';
import type { MetricsEvent } from '../../run-folder/metrics.ts';
import { shorten } from './format.ts';

/** Everything that the report shows. */
export interface ReportData {
  result: RunResult;
  recipe: Recipe;
  /** Epochs make the curves, steps the learning rate's. */
  metrics: readonly MetricsEvent[];
  importReport: ImportReport | null;
  /** PNG images as data URIs, by the samples' keys. */
  mistakeImages: Readonly<Record<string, string>>;
  /** Of this program. */
  version: string;
}

export const roleNames: Record<Role, string> = {
  teacher: 'Teacher',
  student: 'Student',
  baseline: 'Baseline',
};

/** The roles that this run has, each with its models' figures. */
export function rolesOf(result: RunResult): { role: Role; model: ModelResult }[] {
  const { teacher, student, baseline } = result.models;
  const roles: { role: Role; model: ModelResult }[] = [
    { role: 'teacher', model: teacher },
    { role: 'student', model: student },
  ];
  if (baseline) roles.push({ role: 'baseline', model: baseline });
  return roles;
}

/** A class's number and name, for charts; a dagger marks a class that was left out of training. */
export function classLabel({ classes }: RunResult, id: number, length: number): string {
  const entry = classes.find((candidate) => candidate.id === id);
  if (!entry) return String(id);
  return shorten(`${id} · ${entry.name}`, entry.seen ? length : length - 2) + (entry.seen ? '' : ' †');
}

/** What the dagger means, where there is one. */
export const daggerNote = ({ classes }: RunResult): string =>
  classes.every(({ seen }) => seen) ? '' : ' A dagger (†) marks the classes that were left out of training.';
