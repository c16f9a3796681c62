import type { StagePair } from './stages.ts';

/** What a method compares of student and teacher: their logits, or what a stage of each gives. */
export type MethodNeeds = 'logits' | 'stage' | 'penultimate';

/** How a number somebody has set is written. */
export type Format = (value: number) => string;

/** A number in the terms of a method, beside the weight. Methods whose numbers have the same name share it. */
export interface NumberField {
  label: string;
  /** Its letter in the formula. */
  symbol: string;
  help: { what: string; unsure: string };
  /** Of the arrow keys. */
  step: number;
  min: number;
}

type NumberNames<Term> = { [Name in keyof Term]: Term[Name] extends number ? Name : never }[keyof Term];

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
