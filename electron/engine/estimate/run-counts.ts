import type { Division } from '../data/division.ts';

export interface PartCounts {
  train: number;
  validation: number;
}

/** The numbers that a run's cost depends on. */
export interface RunCounts extends PartCounts {
  test: number;
  classes: number;
  /** The images of a teacher that is trained here, which may learn other classes. */
  teacher: PartCounts;
  /** Images without labels of the student's training. */
  unlabelled: number;
}

/** What is counted, by its lists. */
export type Counted = Pick<Division, 'split' | 'teacherSplit'> & {
  classes: ArrayLike<unknown>;
  unlabelled: ArrayLike<unknown>;
};

/** The counts of a division; `test`: images to evaluate on. */
export function countsOf({ classes, split, teacherSplit, unlabelled }: Counted, test: number): RunCounts {
  const partsOf = ({ train, validation }: Division['split']): PartCounts => ({
    train: train.length,
    validation: validation.length,
  });
  return {
    ...partsOf(split),
    test,
    classes: classes.length,
    teacher: partsOf(teacherSplit),
    unlabelled: unlabelled.length,
  };
}
