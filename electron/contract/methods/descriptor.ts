import type { Format, NumberField, NumberNames } from '../number-field.ts';
import type { StagePair } from './stages.ts';

/** What a method compares of student and teacher: their logits, or what a stage of each gives. */
export type MethodNeeds = 'logits' | 'stage' | 'penultimate';

/** What everybody but the engine has to know of a method, beside the schema of its terms. */
export interface MethodDescriptor<Term> {
  label: string;
  paper: { title: string; url: string };
  /** The loss without its weight, a mean over the batch. */
  formula: string;
  /** What the student imitates, in a sentence. */
  sentence: string;
  needs: { student: MethodNeeds; teacher: MethodNeeds };
  numbers: { [Name in NumberNames<Term>]: NumberField };
  /** The same for one term, after "the teacher's": soft targets at temperature 4. */
  imitated: (term: Term, format: Format) => string;
  /** A new term. `pairs`: the stages of student and teacher at the same depth; none where they are not known. */
  begin: (pairs: readonly StagePair[]) => Term;
}
