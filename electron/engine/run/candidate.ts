import type { Role } from '../../contract/run.ts';
import type { TeacherView } from '../inputs/teacher-view.ts';
import type { Classifier } from '../models/index.ts';
import type { FinishedRole } from '../run-folder/record.ts';

/** A trained (or given) model with the record of its training and the files that the run keeps of it. */
export interface Candidate {
  role: Role;
  model: Classifier;
  finished: FinishedRole;
  files: readonly string[];
  /** How it sees the images, where that differs from the recipe. */
  view?: TeacherView | null;
  /** Of an ensemble: the ways in which its members see the images other than the recipe's. */
  views?: readonly TeacherView[];
}
