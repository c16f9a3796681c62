import type { Probe, Probes } from '../../electron/contract/probes.ts';
import type { Role } from '../../electron/contract/run.ts';

export type Answer = Probe['answers'][number]['top5'];

/** The probe in place of the one of the same role and epoch, and of those after it: a resumed training goes back. */
export function withProbe({ images, probes }: Probes, probe: Probe): Probes {
  const kept = probes.filter(({ role, epoch }) => role !== probe.role || epoch < probe.epoch);
  return { images, probes: [...kept, probe] };
}

/** Epochs at which a role's answers are known, ascending; epoch 0 is the teacher's answer and no epoch of anybody's. */
export const probedEpochs = ({ probes }: Probes, role: Role): number[] =>
  probes
    .filter((probe) => probe.role === role && probe.epoch > 0)
    .map(({ epoch }) => epoch)
    .sort((a, b) => a - b);

const answersOf = (probe: Probe | undefined): Map<string, Answer> =>
  new Map(probe?.answers.map(({ key, top5 }) => [key, top5]) ?? []);

/** A role's answers after an epoch, by image; none before its first. */
export const answersAt = ({ probes }: Probes, role: Role, epoch: number): Map<string, Answer> =>
  answersOf(probes.find((one) => one.role === role && one.epoch === epoch && epoch > 0));

/** What the teacher answers: as it was asked before the student began, or after its own last epoch. */
export function teacherLogits(probes: Probes): Map<string, Answer> {
  const asked = probes.probes.find(({ epoch }) => epoch === 0);
  if (asked) return answersOf(asked);
  const last = probedEpochs(probes, 'teacher').at(-1);
  return last === undefined ? new Map<string, Answer>() : answersAt(probes, 'teacher', last);
}
