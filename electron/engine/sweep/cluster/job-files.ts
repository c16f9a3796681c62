/** What a scheduler is given, from a sweep's folder. */
export interface SweepJobs {
  /** The sweep's folder, absolute. */
  folder: string;
  /** Of the jobs: lower-case letters, digits and dashes. */
  name: string;
  members: number;
  /** Members that train a teacher which others share: they run first. */
  first: readonly number[];
  /** Cores of a member. */
  cores: number;
  /** GiB of a member. */
  memory: number;
}

/** Files by their names in the scheduler's folder. */
export type JobFiles = Readonly<Record<string, string>>;
