import { z } from 'zod';
import { type EpochScores, readTermLosses } from '../../contract/metrics.ts';
import type { StepValues } from './step.ts';
import type { Saved } from './stateful.ts';

/** Checkpoints of earlier versions have one distillation loss. */
const sumsSchema = z.preprocess(
  readTermLosses,
  z.object({
    images: z.number(),
    loss: z.number(),
    labelLoss: z.number(),
    termLosses: z.array(z.number()),
    top5: z.number(),
  }),
);

const empty = (): z.output<typeof sumsSchema> => ({
  images: 0,
  loss: 0,
  labelLoss: 0,
  termLosses: [],
  top5: 0,
});

/** The place (0-based) of `label` among the row's logits, best first; among equals the lower class comes first. */
function rank(logits: Float32Array, start: number, classes: number, label: number): number {
  const own = logits[start + label]!;
  let better = 0;
  for (let c = 0; c < classes; c++) {
    const other = logits[start + c]!;
    if (other > own || (other === own && c < label)) better++;
  }
  return better;
}

function argmax(logits: Float32Array, start: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) if (logits[start + c]! > logits[start + best]!) best = c;
  return best;
}

/** Scores of an epoch, added up batch by batch; the losses are means over images. Batches weigh as many as they have labels. */
export class RunningScores {
  private readonly classes: number;
  /** confusion[true * classes + predicted] */
  private confusion: Float32Array;
  private sums = empty();

  constructor(classes: number) {
    this.classes = classes;
    this.confusion = new Float32Array(classes * classes);
  }

  /** labels [n] of the first n images that the values are of: the others have none, so that only the losses cover them. */
  add(values: StepValues, labels: Int32Array): void {
    const { sums, classes } = this;
    const n = labels.length;
    sums.images += n;
    sums.loss += values.loss * n;
    sums.labelLoss += values.labelLoss * n;
    for (const [i, loss] of values.termLosses.entries())
      sums.termLosses[i] = (sums.termLosses[i] ?? 0) + loss * n;
    for (const [i, label] of labels.entries()) {
      const start = i * classes;
      this.confusion[label * classes + argmax(values.logits, start, classes)]!++;
      if (rank(values.logits, start, classes, label) < 5) sums.top5++;
    }
  }

  /** F1 as scikit-learn has it: macro over the classes that occur among labels or predictions, weighted by support. */
  result(): EpochScores {
    const { sums, classes, confusion } = this;
    const n = Math.max(1, sums.images);
    let correct = 0;
    let macro = 0;
    let weighted = 0;
    let occurring = 0;
    for (let c = 0; c < classes; c++) {
      let support = 0;
      let predicted = 0;
      for (let other = 0; other < classes; other++) {
        support += confusion[c * classes + other]!;
        predicted += confusion[other * classes + c]!;
      }
      if (support + predicted === 0) continue;
      const hits = confusion[c * classes + c]!;
      const f1 = (2 * hits) / (support + predicted);
      correct += hits;
      occurring++;
      macro += f1;
      weighted += f1 * support;
    }
    return {
      loss: sums.loss / n,
      labelLoss: sums.labelLoss / n,
      termLosses: sums.termLosses.map((sum) => sum / n),
      accuracy: correct / n,
      top5: sums.top5 / n,
      f1Weighted: weighted / n,
      f1Macro: macro / Math.max(1, occurring),
    };
  }

  reset(): void {
    this.confusion = new Float32Array(this.classes * this.classes);
    this.sums = empty();
  }

  save(): Saved {
    const data = this.confusion.slice();
    return {
      values: structuredClone(this.sums),
      tensors: new Map([['confusion', { shape: [data.length], data }]]),
    };
  }

  load(saved: Saved): void {
    const confusion = saved.tensors.get('confusion')?.data;
    if (confusion?.length !== this.confusion.length) throw new Error('The confusion matrix is missing.');
    this.sums = sumsSchema.parse(saved.values);
    this.confusion = confusion.slice();
  }
}
