import type { DistillationMethodName, DistillationTerm } from '../../../electron/contract/distillation.ts';
import type { NetworkStages } from '../../../electron/contract/distillation-findings.ts';
import { methodDescriptors } from '../../../electron/contract/methods.ts';

/** A stage of the student, and the teacher's that it is compared with. */
export interface StagePair {
  student: string;
  teacher: string;
}

/** Each of the student's stages with the teacher's at the same share of the depth. */
export function pairedStages({ student, teacher }: NetworkStages): StagePair[] {
  if (!student || !teacher || teacher.length === 0) return [];
  return student.map((name, i) => {
    const depth = Math.round(((i + 1) / student.length) * teacher.length);
    return { student: name, teacher: teacher[Math.max(1, depth) - 1]! };
  });
}

/** A pair to be filled in by hand: nothing is proposed where the stages are not known. */
const emptyPair = (): StagePair => ({ student: '', teacher: '' });

/** A term as one begins with it: the method's usual weight, and stages at the same depth. */
export function newTerm(method: DistillationMethodName, networks: NetworkStages): DistillationTerm {
  const weight = methodDescriptors[method].usualWeight;
  const pairs = pairedStages(networks);
  switch (method) {
    case 'soft-target':
      return { method, temperature: 4, weight };
    case 'logits':
      return { method, weight };
    case 'fitnet':
      // Romero et al. take the middle of both networks.
      return { method, weight, ...(pairs[Math.floor((pairs.length - 1) / 2)] ?? emptyPair()) };
    case 'attention':
      return { method, weight, stages: pairs.length > 0 ? pairs : [emptyPair()] };
  }
}
