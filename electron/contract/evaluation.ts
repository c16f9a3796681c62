import type { ClassScores, Scores, TtaRow } from './result.ts';
import type { Role } from './run.ts';
import type { UnseenEvaluation } from './unseen.ts';

export interface Evaluation {
  mask: { classes: number[]; names: string[] };
  /** Classes of the vocabulary. */
  vocabulary: number;
  models: Partial<Record<Role, { scores: Scores; perClass: ClassScores[] }>>;
  comparison: { mcnemarP: number | null; sentence: string; agreement: number | null };
  tta: TtaRow[];
  /** Of all images, whatever the mask; null where the student was trained on every class that they show. */
  unseen: UnseenEvaluation | null;
  /** Remarks about the images, where they are other data than the run's own: a sentence each. */
  notes: string[];
}
