import path from 'node:path';
import { toErrorValue } from '../../contract/errors.ts';
import type { Role } from '../../contract/run.ts';
import { sizeOf } from '../../platform/folder-size.ts';
import { openDeployed } from '../deployed/open.ts';
import type { CheckedRow } from '../evaluate/export-findings.ts';
import { measureDeployed } from '../evaluate/latency.ts';
import { predictDeployed } from '../evaluate/predict-deployed.ts';
import type { Predictions } from '../evaluate/predictions.ts';
import type { WrittenItem } from '../export/item.ts';
import type { CheckContext } from '../export/options.ts';
import { throwIfCancelled } from '../export/staging.ts';
import { type CheckedNetwork, checkNetwork, type Opened, type Subject } from './check-network.ts';
import { sameNetworks } from './same-networks.ts';

/** For the latency of all files of one network. */
const latencyOptions = { runs: 50, warmup: 5, maxSeconds: 10 };

type Checked = CheckedRow & { notes: string[] };

/** Runs all files of one model, each network in them once, over the test images. A file that cannot be run here becomes a note. */
export async function checkRole(
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
