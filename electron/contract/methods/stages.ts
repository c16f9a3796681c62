import { z } from 'zod';

/** Of a network, as `stage` in its layers names it: 'layer1' ... 'layer4' of a ResNet. */
const stageName = z.string().min(1).max(64);

/** A stage of the student, and the teacher's that it is compared with. */
export const stagePair = { student: stageName, teacher: stageName };

export interface StagePair {
  student: string;
  teacher: string;
}

/** A pair to be filled in by hand: nothing is proposed where the stages are not known. */
export const emptyPair = (): StagePair => ({ student: '', teacher: '' });

export const pairWords = ({ student, teacher }: StagePair): string =>
  student === teacher ? teacher : `${teacher} (student: ${student})`;
