import type { DistillationMethodName } from '../../contract/distillation.ts';
import { logits } from './logits.ts';
import type { DistillationMethod } from './method.ts';
import { softTarget } from './soft-target.ts';

/** The methods that compare logits, by the name that recipes use. */
export const distillationMethods = {
  'soft-target': softTarget,
  logits,
} satisfies Partial<Record<DistillationMethodName, DistillationMethod>>;
