import type { NetworkStages } from '../../../electron/contract/distillation-findings.ts';
import {
  type DistillationMethodName,
  type DistillationTerm,
  methodDescriptors,
} from '../../../electron/contract/methods.ts';
import type { StagePair } from '../../../electron/contract/methods/stages.ts';

/** Each of the student's stages with the teacher's at the same share of the depth. */
export function pairedStages({ student, teacher }: NetworkStages): StagePair[] {
  if (!student || !teacher || teacher.length === 0) return [];
  return student.map((name, i) => {
    const depth = Math.round(((i + 1) / student.length) * teacher.length);
    return { student: name, teacher: teacher[Math.max(1, depth) - 1]! };
  });
}

/** A term as one begins with it: the method's usual numbers, and stages at the same depth. */
export const newTerm = (method: DistillationMethodName, networks: NetworkStages): DistillationTerm =>
  methodDescriptors[method].begin(pairedStages(networks));
