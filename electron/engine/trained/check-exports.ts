import path from 'node:path';
import { toErrorValue } from '../../contract/errors.ts';
import type { ExportRow } from '../../contract/result.ts';
import type { Runtime } from '../../contract/runtime.ts';
import type { Role } from '../../contract/run.ts';
import { chooseBackend } from '../backend/choose.ts';
import {
  type LabelledImages,
  selectImages,
  spreadRows,
  withSwappedChannels,
} from '../data/labelled-images.ts';
import { type OpenedNetwork, openDeployed } from '../deployed/open.ts';
import { agreement } from '../evaluate/comparison.ts';
import { exportFindings, fallsShort, type CheckedRow } from '../evaluate/export-findings.ts';
import { measureDeployed } from '../evaluate/latency.ts';
import { scores } from '../evaluate/metrics.ts';
import { predictDeployed } from '../evaluate/predict-deployed.ts';
import { type Predictions, select } from '../evaluate/predictions.ts';
import { clippedForLoss } from '../evaluate/quantised.ts';
import { findSlip, type Statistics } from '../evaluate/slips.ts';
import type { RunImages } from '../export/calibration.ts';
import type { WrittenItem } from '../export/item.ts';
import type { CheckContext, CheckExports } from '../export/index.ts';
import { throwIfCancelled } from '../export/staging.ts';
import type { TrainedNetwork } from '../export/trained-network.ts';
import { sizeOf } from '../../platform/folder-size.ts';
import { keptPredictions, ownPredictions } from './own-predictions.ts';
import { sameNetworks } from './same-networks.ts';
import { statedSlips } from './stated-slips.ts';

/** Images by which a slip is looked for. */
const sampled = 64;
/** For the latency of all files of one network. */
const latencyOptions = { runs: 50, warmup: 5, maxSeconds: 10 };

interface Subject {
  network: TrainedNetwork;
  images: LabelledImages;
  own: Predictions;
  /** The predictions of the network itself for images that are normalised by its statistics, or by others. */
  predict: (images: LabelledImages, statistics?: Statistics) => Promise<Predictions>;
}

/** A network with the exports that it is in. */
type Opened = OpenedNetwork & { written: readonly WrittenItem[] };
type Checked = CheckedRow & { notes: string[] };
/** What holds wherever a network lies. */
type CheckedNetwork = Omit<Checked, 'row'> & {
  figures: Omit<CheckedRow['row'], 'format' | 'file' | 'bytes'>;
};

/** By the names of the outputs, as a user of the file has them; by their places where the file has no names, or other ones. */
function byNames(predictions: Predictions, names: readonly string[] | null, classes: readonly string[]) {
  const places = classes.map((name) => names?.indexOf(name) ?? -1);
  if (places.includes(-1)) return predictions;
  const { n, classes: width } = predictions;
  const probabilities = Float32Array.from(
    { length: n * width },
    (_, i) => predictions.probabilities[i - (i % width) + places[i % width]!]!,
  );
  return { ...predictions, probabilities };
}

const largestDifference = (one: Predictions, other: Predictions): number =>
  one.probabilities.reduce((most, p, i) => Math.max(most, Math.abs(p - other.probabilities[i]!)), 0);

export interface CheckOptions {
  images: RunImages;
  /** Where the network itself, and a TensorFlow.js model, compute. */
  runtime: Pick<Runtime, 'backend' | 'threads'>;
  /** Whether other work goes on here, which is timed as well. */
  isBusy: () => boolean;
}

/** Runs exported networks over the run's test images, each by what its users run it with. */
export const checkExports =
  ({ images, runtime, isBusy }: CheckOptions): CheckExports =>
  async (written, context) => {
    await chooseBackend(runtime.backend, runtime.threads);
    const rows: ExportRow[] = [];
    const notes: string[] = [];
    const roles = [...new Set(written.map(({ item }) => item.network!))];
    const earlier = await context.run.result().then(
      ({ exports = [] }) => exports,
      () => [],
    );
    let before = 0;
    for (const role of roles) {
      const files = written.filter(({ item }) => item.network === role);
      const filesBefore = before;
      before += files.length;
      const network = await context.network(role);
      const test = await images.test(network.image).catch((thrown: unknown) => {
        throwIfCancelled(context.signal);
        const { message, hint } = toErrorValue(thrown);
        return `${message} ${hint}`.trim();
      });
      if (typeof test === 'string') {
        notes.push(`The exported files of the ${role} are not checked. ${test}`);
        continue;
      }
      const predict: Subject['predict'] = (some, statistics) =>
        ownPredictions(network, some, { signal: context.signal, statistics });
      const own = (await keptPredictions(context.run, role, test)) ?? (await predict(test));
      const subject = { network, images: test, own, predict };
      const checked = await checkRole(role, files, subject, context, (done) => {
        context.progress('check', test.n * filesBefore + done, test.n * written.length);
      });
      for (const note of checked.notes) notes.push(note);
      const others = checked.rows.map(({ row }) => row);
      const busy = isBusy() ? ['The machine was busy with other work while its latency was measured.'] : [];
      for (const one of checked.rows)
        rows.push({
          ...one.row,
          findings: exportFindings(one, others, earlier),
          notes: [...one.notes, ...busy],
        });
    }
    return { rows, notes };
  };

async function checkRole(
  role: Role,
  files: readonly WrittenItem[],
  subject: Subject,
  context: CheckContext,
  onProgress: (done: number) => void,
): Promise<{ rows: Checked[]; notes: string[] }> {
  const notes: string[] = [];
  const opened: Opened[] = [];
  try {
    for (const written of await sameNetworks(files)) {
      try {
        opened.push({ ...(await openDeployed(written[0]!.staged)), written });
      } catch (thrown) {
        throwIfCancelled(context.signal);
        const { message } = toErrorValue(thrown);
        for (const { item } of written)
          notes.push(`${path.basename(item.path)} could not be run here. ${message}`);
      }
    }
    const predictions: Predictions[] = [];
    let before = 0;
    for (const { network, written } of opened) {
      const images = before * subject.images.n;
      predictions.push(
        await predictDeployed(network, subject.images, {
          signal: context.signal,
          onProgress: (done) => onProgress(images + written.length * done),
        }),
      );
      before += written.length;
    }
    const latencies = await measureDeployed(
      opened.map(({ network }) => network),
      { ...latencyOptions, signal: context.signal },
    );
    throwIfCancelled(context.signal);
    const rows: Checked[] = [];
    for (const [i, one] of opened.entries()) {
      const checked = await checkNetwork(role, one, predictions[i]!, latencies[i]!, subject, context);
      for (const written of one.written) rows.push(await rowOf(written, checked));
    }
    return { rows, notes };
  } finally {
    for (const { network } of opened) await network.dispose();
  }
}

async function rowOf({ item, format, staged }: WrittenItem, checked: CheckedNetwork): Promise<Checked> {
  const { figures, ...others } = checked;
  const file = path.basename(item.path);
  const row = { format, file, bytes: await sizeOf(staged), ...figures };
  return { ...others, row, notes: [...(item.notes?.() ?? []), ...others.notes] };
}

async function checkNetwork(
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
