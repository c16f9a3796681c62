import { z } from 'zod';
import { listed } from '../listed.ts';

/** Of a network, as `stage` in its layers names it: 'layer1' ... 'layer4' of a ResNet. */
const stageName = z.string().min(1).max(64);

/** A stage of the student, and the teacher's that it is compared with. */
export const stagePair = { student: stageName, teacher: stageName };

const pairs = z.array(z.strictObject(stagePair)).max(16);

/** Stages that are compared, at least one pair. */
export const stagePairs = pairs.min(1);

/** Stages that are compared; none: the penultimate vectors of both networks. */
export const stagesOrPenultimate = pairs.default([]);

export interface StagePair {
  student: string;
  teacher: string;
}

/** A pair to be filled in by hand: nothing is proposed where the stages are not known. */
export const emptyPair = (): StagePair => ({ student: '', teacher: '' });

export const pairWords = ({ student, teacher }: StagePair): string =>
  student === teacher ? teacher : `${teacher} (student: ${student})`;

/** penultimate vectors; features after layer3 and layer4. */
export const vectorWords = (stages: readonly StagePair[]): string =>
  stages.length === 0 ? 'penultimate vectors' : `features after ${listed(stages.map(pairWords))}`;
