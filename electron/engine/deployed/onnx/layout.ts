import { DistillError } from '../../../contract/errors.ts';
import type { FeedForm } from './input.ts';
import { type Layout, shownShape } from './shape.ts';

/** A form that runs, and what its trial gave. */
export interface Settled<Trial> {
  form: FeedForm;
  trial: Trial;
  /** The trial in the other layout, where the network runs in both. */
  other: { form: FeedForm; trial: Trial } | null;
}

/**
 * The form in which a network runs, of those that its input's shape permits: mostly one alone does, as convolutions need their number of
 * channels. Throws INVALID_INPUT where it runs in both and its user states neither, or in the one alone that its user does not state,
 * and what the trial throws.
 */
export async function settleLayout<Trial>(
  file: string,
  forms: readonly FeedForm[],
  hint: Layout | undefined,
  run: (form: FeedForm) => Trial | Promise<Trial>,
): Promise<Settled<Trial>> {
  if (forms.length === 1) return { form: forms[0]!, trial: await run(forms[0]!), other: null };
  const ran: { form: FeedForm; trial: Trial }[] = [];
  let failure: unknown;
  for (const form of forms)
    try {
      ran.push({ form, trial: await run(form) });
    } catch (thrown) {
      failure ??= thrown;
    }
  const [first, second] = ran;
  if (!first) throw failure;
  const wished = ran.find(({ form }) => form.layout === hint);
  if (wished) return { ...wished, other: ran.find((one) => one !== wished) ?? null };
  if (hint !== undefined)
    throw new DistillError(
      'INVALID_INPUT',
      `"${file}" does not run with images in the layout ${hint}.`,
      `Give the layout ${first.form.layout}, in which it runs, or none.`,
    );
  if (!second) return { ...first, other: null };
  throw new DistillError(
    'INVALID_INPUT',
    `"${file}" leaves open which axis of its input ${shownShape(first.form.shape)} is that of the channels.`,
    'Give the layout: NCHW (as PyTorch has it) or NHWC (as TensorFlow has it).',
  );
}
