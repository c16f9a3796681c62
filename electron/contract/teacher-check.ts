/** How a given teacher does on held-out images, before anything learns from it. */
export interface TeacherCheckReport {
  /** wrong: a run would refuse it. doubtful: a run would warn of it. */
  verdict: 'fine' | 'doubtful' | 'wrong';
  /** E.g. 'The teacher gets 60 of 60 held-out images right.' */
  message: string;
  /** What to do; null: nothing, or it is part of the message. */
  hint: string | null;
  /** What was taken of it that is stated nowhere, and other remarks: a sentence each. */
  remarks: string[];
}
