import type { ImportReport } from '../../../contract/dataset.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import type { ModelResult, Role, RunResult } from '../../../contract/result.ts';
import type { MetricsEvent } from '../../runs/metrics.ts';

/** Everything that the report tells. */
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
