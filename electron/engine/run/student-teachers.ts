import { liveTeacher } from '../distill/teacher.ts';
import { type Teachers, teachersOf } from '../distill/teachers.ts';
import { memberLog } from '../inputs/ensemble.ts';
import { ensembleIn } from '../inputs/kept-network.ts';
import type { TeacherView } from '../inputs/teacher-view.ts';
import { Ensemble, type EnsembleMember } from '../models/ensemble.ts';
import type { Wanted } from '../models/model-outputs.ts';
import type { Callback } from '../train/callback.ts';
import type { Candidate } from './candidate.ts';
import type { RunContext } from './run-context.ts';
import {
  openStoredEnsemble,
  openStoredLogits,
  type StoredLogits,
  type TeacherLogitsOptions,
} from './stored-logits.ts';

/** A student's teachers, with what a training needs to ask them. */
export interface OpenedTeachers {
  teachers: Teachers;
  callbacks: readonly Callback[];
  /** How they see the images, where they see others than the student. */
  views: readonly TeacherView[];
}

/** The teacher of a run, or the members of its ensemble: their logits come from stores where the run has them. */
export async function openTeachers(
  context: RunContext,
  candidate: Candidate,
  wanted: Wanted,
): Promise<OpenedTeachers> {
  const { run, recipe } = context;
  const batchSize = run.runtime.trace === 'off' ? null : recipe.student.training.batchSize;
  const finished = run.finished.some(({ role }) => role === 'student');
  const { model, view = null, views = [] } = candidate;
  const teachersFrom = (stored: readonly StoredLogits[] | null) =>
    teachersOf(
      model,
      view ? 1 : 0,
      (network, k) => stored?.[k]?.teacher ?? liveTeacher(network, batchSize, wanted),
    );
  if (!(model instanceof Ensemble)) {
    const stored = finished ? null : await openStoredLogits({ ...context, teacher: model, wanted, view });
    return {
      teachers: teachersFrom(stored && [stored]),
      callbacks: stored?.callbacks ?? [],
      views: view ? [view] : [],
    };
  }
  const ensemble = ensembleIn(run, 'teacher')!;
  const optionsOf = (member: EnsembleMember, k: number): TeacherLogitsOptions => ({
    ...context,
    teacher: member.model,
    wanted,
    view: member.image && views[model.viewOf(member) - 1]!,
    log: memberLog(ensemble, k, context.log),
  });
  const stored = finished ? null : await openStoredEnsemble(model.members.map(optionsOf));
  return {
    teachers: teachersFrom(stored),
    callbacks: stored?.flatMap(({ callbacks }) => callbacks) ?? [],
    views,
  };
}
