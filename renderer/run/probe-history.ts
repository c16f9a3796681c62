import type { Probe, Probes } from '../../electron/contract/probes.ts';
import type { Role } from '../../electron/contract/run.ts';

export type ProbedClasses = Probe['predictions'][number]['top5'];

/** The probe in place of the one of the same role and epoch, and of those after it: a resumed training goes back. */
export function withProbe({ images, probes }: Probes, probe: Probe): Probes {
  const kept = probes.filter(({ role, epoch }) => role !== probe.role || epoch < probe.epoch);
  return { images, probes: [...kept, probe] };
}

/** Epochs with predictions of a role, ascending; epoch 0, the teacher's predictions for the student, is left out. */
export const probedEpochs = ({ probes }: Probes, role: Role): number[] =>
  probes
    .filter((probe) => probe.role === role && probe.epoch > 0)
    .map(({ epoch }) => epoch)
    .sort((a, b) => a - b);

const classesOf = (probe: Probe | undefined): Map<string, ProbedClasses> =>
  new Map(probe?.predictions.map(({ key, top5 }) => [key, top5]) ?? []);

/** A role's predictions after an epoch, by image; none before its first. */
export const predictionsAt = ({ probes }: Probes, role: Role, epoch: number): Map<string, ProbedClasses> =>
  classesOf(probes.find((one) => one.role === role && one.epoch === epoch && epoch > 0));

/** The predictions of the teacher: those before the student began, or those after its own last epoch. */
export function teacherPredictions(probes: Probes): Map<string, ProbedClasses> {
  const asked = probes.probes.find(({ epoch }) => epoch === 0);
  if (asked) return classesOf(asked);
  const last = probedEpochs(probes, 'teacher').at(-1);
  return last === undefined ? new Map<string, ProbedClasses>() : predictionsAt(probes, 'teacher', last);
}
