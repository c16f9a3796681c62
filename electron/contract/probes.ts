import type { Role } from './run.ts';

/** What a model answered about the images that are watched, after an epoch. */
export interface Probe {
  role: Role;
  /** 0: the teacher's answer to the student's images, before the student's first epoch. */
  epoch: number;
  answers: { key: string; top5: { id: number; probability: number }[] }[];
}

export interface Probes {
  /** The images, of the held-out part (of the training part where nothing is held out). */
  images: { key: string; label: number }[];
  probes: Probe[];
}
