import { DistillError } from '../../contract/errors.ts';
import { Ensemble } from '../models/ensemble.ts';
import type { Classifier, ModelOutputs } from '../models/model.ts';
import { type Mix, mixLogits } from '../models/mixed-logits.ts';
import type { TeacherSource } from './teacher.ts';

/** One of a student's teachers. */
export interface TeacherMember {
  source: TeacherSource;
  /** How it sees the images: 0 as the student does, k as the batch's k-th other view. */
  view: number;
}

/** All teachers of a student. */
export interface Teachers extends Mix {
  members: readonly TeacherMember[];
}

/** A student's only teacher. */
export const soleTeacher = (source: TeacherSource, view = 0): Teachers => ({
  average: 'probabilities',
  shares: [1],
  members: [{ source, view }],
});

/** The members of an ensemble as teachers, or the sole one, which sees the images by `view`. `sourceOf`: where a network's outputs come from. */
export const teachersOf = (
  model: Classifier,
  view: number,
  sourceOf: (network: Classifier, k: number) => TeacherSource,
): Teachers =>
  model instanceof Ensemble
    ? {
        ...model.mix,
        members: model.members.map((member, k) => ({
          source: sourceOf(member.model, k),
          view: model.viewOf(member),
        })),
      }
    : soleTeacher(sourceOf(model, 0), view);

/**
 * What a term compares the student with, where its teachers' probabilities are averaged at this temperature. One teacher's outputs are
 * taken as they are. Throws DistillError INTERNAL for features of several.
 */
export function mixOutputs(outputs: readonly ModelOutputs[], mix: Mix, temperature: number): ModelOutputs {
  const [first, ...others] = outputs;
  if (!first) throw new DistillError('INTERNAL', "The teachers' outputs are missing.");
  if (others.length === 0) return first;
  if (outputs.some(({ features, penultimate }) => penultimate !== null || Object.keys(features).length > 0))
    throw new DistillError('INTERNAL', 'Features of several teachers cannot be averaged.');
  const logits = outputs.map((one) => one.logits);
  return { logits: mixLogits(logits, mix, temperature), features: {}, penultimate: null };
}
