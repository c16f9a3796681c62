export interface SchedulePreview {
  /** A point for every step (1-based over all stages), thinned to 400. */
  step: number[];
  learningRate: number[];
  momentum: number[];
  stages: { firstStep: number; lastStep: number; epochs: number; freezeTo: number }[];
  stepsPerEpoch: number;
}
