import { z } from 'zod';
import { activationBoundaries, activationBoundariesSchema } from './methods/activation-boundaries.ts';
import { attention, attentionSchema } from './methods/attention.ts';
import type { MethodDescriptor } from './methods/descriptor.ts';
import { dist, distSchema } from './methods/dist.ts';
import { dkd, dkdSchema } from './methods/dkd.ts';
import { fitnet, fitnetSchema } from './methods/fitnet.ts';
import { logits, logitsSchema } from './methods/logits.ts';
import { nkd, nkdSchema } from './methods/nkd.ts';
import { pkt, pktSchema } from './methods/pkt.ts';
import { reusedClassifier, reusedClassifierSchema } from './methods/reused-classifier.ts';
import { rkd, rkdSchema } from './methods/rkd.ts';
import { similarity, similaritySchema } from './methods/similarity.ts';
import { softTarget, softTargetSchema } from './methods/soft-target.ts';
import type { Format, NumberField } from './number-field.ts';

export const distillationTermSchema = z.discriminatedUnion('method', [
  softTargetSchema,
  logitsSchema,
  dkdSchema,
  nkdSchema,
  distSchema,
  fitnetSchema,
  attentionSchema,
  activationBoundariesSchema,
  similaritySchema,
  rkdSchema,
  pktSchema,
  reusedClassifierSchema,
]);

export type DistillationTerm = z.output<typeof distillationTermSchema>;
export type DistillationMethodName = DistillationTerm['method'];
/** The fields of one method's terms. */
export type TermOf<Name extends DistillationMethodName> = Extract<DistillationTerm, { method: Name }>;

type Descriptors = { [Name in DistillationMethodName]: MethodDescriptor<TermOf<Name>> };

/** What wizard, review, report and terminal read of every method; a schema above without its descriptor does not compile. */
export const methodDescriptors: Descriptors = {
  'soft-target': softTarget,
  logits,
  dkd,
  nkd,
  dist,
  fitnet,
  attention,
  'activation-boundaries': activationBoundaries,
  similarity,
  rkd,
  pkt,
  'reused-classifier': reusedClassifier,
};

export const methodNames = Object.keys(methodDescriptors) as DistillationMethodName[];

export const methodLabels = Object.fromEntries(
  methodNames.map((name) => [name, methodDescriptors[name].label]),
) as Record<DistillationMethodName, string>;

/** What the student imitates, after "the teacher's": soft targets at temperature 4. */
export const imitated = <Name extends DistillationMethodName>(term: TermOf<Name>, format: Format): string =>
  methodDescriptors[term.method].imitated(term, format);

/** What one term compares: what its method does, or the stages that it names. */
export const needsOf = (term: DistillationTerm): MethodDescriptor<DistillationTerm>['needs'] =>
  'stages' in term && term.stages.length > 0
    ? { student: 'stage', teacher: 'stage' }
    : methodDescriptors[term.method].needs;

const numberFieldsOf = (method: DistillationMethodName): Record<string, NumberField> =>
  methodDescriptors[method].numbers;

/** The numbers beside the weight that some method's terms have, by their names. */
export const numberFields: Readonly<Record<string, NumberField>> = Object.fromEntries(
  methodNames.flatMap((name) => Object.entries(numberFieldsOf(name))),
);

/** The numbers of one term beside its weight. */
export function numbersOf(term: DistillationTerm): (NumberField & { name: string; value: number })[] {
  const fields = numberFieldsOf(term.method);
  return Object.entries(term).flatMap(([name, value]) => {
    const field = fields[name];
    return field && typeof value === 'number' ? [{ ...field, name, value }] : [];
  });
}
