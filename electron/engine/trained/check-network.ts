import type { Statistics } from '../../contract/recipe/statistics.ts';
import type { ExportRow } from '../../contract/result.ts';
import type { Role } from '../../contract/run.ts';
import {
  type LabelledImages,
  selectImages,
  spreadRows,
  withSwappedChannels,
} from '../data/labelled-images.ts';
import type { OpenedNetwork } from '../deployed/open.ts';
import { agreement } from '../evaluate/comparison.ts';
import { fallsShort, type CheckedRow } from '../evaluate/export-findings.ts';
import { scores } from '../evaluate/metrics.ts';
import { predictDeployed } from '../evaluate/predict-deployed.ts';
import { type Predictions, select } from '../evaluate/predictions.ts';
import { clippedForLoss } from '../evaluate/quantised.ts';
import { findSlip } from '../evaluate/slips.ts';
import type { WrittenItem } from '../export/item.ts';
import type { CheckContext } from '../export/options.ts';
import type { TrainedNetwork } from '../export/trained-network.ts';
import { byNames } from './by-names.ts';
import { statedSlips } from './stated-slips.ts';

/** Images by which a slip is looked for. */
const sampled = 64;

/** What exported files are compared with: the network that they are of, and its own predictions. */
export interface Subject {
  network: TrainedNetwork;
  images: LabelledImages;
  own: Predictions;
  /** The predictions of the network itself for images that are normalised by its statistics, or by others. */
  predict: (images: LabelledImages, statistics?: Statistics) => Promise<Predictions>;
}

/** A network with the exports that it is in. */
export type Opened = OpenedNetwork & { written: readonly WrittenItem[] };

/** What holds wherever a network lies. */
export type CheckedNetwork = Omit<CheckedRow, 'row'> & {
  figures: Omit<CheckedRow['row'], 'format' | 'file' | 'bytes'>;
  notes: string[];
};

const largestDifference = (one: Predictions, other: Predictions): number =>
  one.probabilities.reduce((most, p, i) => Math.max(most, Math.abs(p - other.probabilities[i]!)), 0);

/** Compares what an exported network predicted with what the network itself predicts. */
export async function checkNetwork(
  role: Role,
  { network, description, written }: Opened,
  found: Predictions,
  latency: ExportRow['latency'],
  subject: Subject,
  { signal }: CheckContext,
): Promise<CheckedNetwork> {
  const { own } = subject;
  const named = byNames(found, description.classes, subject.network.classes);
  const { predictions, note } = clippedForLoss(named);
  const { n, accuracy, f1Macro, logLoss } = scores(predictions);
  const figures = {
    role,
    runtime: network.runtime,
    n,
    accuracy,
    f1Macro,
    logLoss,
    agreement: agreement(named, own),
    largestDifference: largestDifference(named, own),
    latency,
  };
  const checked = { accuracy: scores(own).accuracy, isTimed: network.isStandIn !== true };
  const slips = statedSlips(description, subject.network);
  // Of whichever export: their files are the same.
  const { format } = written[0]!;
  if (slips.length === 0 && fallsShort({ ...checked, row: { format, ...figures } })) {
    const slip = await slipOf(network, named, subject, signal);
    if (slip !== null) slips.push(slip);
  }
  const standIn = `It was run by ${network.runtime}, not by the runtime that its users have: their latency will differ.`;
  return {
    ...checked,
    figures,
    slips,
    notes: [...(note === null ? [] : [note]), ...(checked.isTimed ? [] : [standIn])],
  };
}

/** The slip that explains a file's predictions, by some images spread over all. */
function slipOf(
  network: OpenedNetwork['network'],
  named: Predictions,
  { network: trained, images, own, predict }: Subject,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const rows = spreadRows(images, sampled);
  const sample = selectImages(images, rows);
  return findSlip({
    exported: select(named, rows),
    own: select(own, rows),
    swapped: () => predictDeployed(network, withSwappedChannels(sample), { signal }),
    statistics: trained.image,
    ownWith: (statistics) => predict(sample, statistics),
    names: trained.classes,
  });
}
