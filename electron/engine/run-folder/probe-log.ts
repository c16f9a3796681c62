import { z } from 'zod';
import { type Probe, type Probes, probeSchema, watchedImagesSchema } from '../../contract/probes.ts';
import { breath } from '../../platform/breath.ts';
import { fileError } from '../../platform/files.ts';
import { withFormerName } from '../../platform/former-name.ts';
import { endOfLines, filePieces, linesOf, parseJsonLine } from './journal.ts';
import { appendSync } from './own-files.ts';

/** A run's file of its models' predictions for the watched images: the images, then a line a probe. */
export const probesFile = 'probes.jsonl';

const imagesSchema = z.object({ images: watchedImagesSchema });
const storedProbe = withFormerName(probeSchema, 'answers', 'predictions');

const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;

function append(file: string, text: string): void {
  try {
    // Synchronous, as the metrics: a line an epoch, and an error meets the caller.
    appendSync(file, text);
  } catch (thrown) {
    throw fileError(thrown, file);
  }
}

/** What an earlier process left of its last line, where the machine stopped while it wrote. */
function endsTorn(file: string): boolean {
  const found = endOfLines(file);
  return found !== null && found.end < found.size;
}

/** Notes which images are watched, at the start and after each resume. Throws DISK_FULL, NOT_WRITABLE. */
export function beginProbes(file: string, images: Probes['images']): void {
  append(file, `${endsTorn(file) ? '\n' : ''}${lineOf({ images })}`);
}

/** Throws DISK_FULL, NOT_WRITABLE. */
export function appendProbe(file: string, probe: Probe): void {
  append(file, lineOf(probe));
}

/**
 * Images and probes in the order of their first coming; of an epoch that was trained twice, after a resume, the second. What is
 * no probe (a torn line) is left out; no file, no probes. Throws NOT_WRITABLE where the file may not be read.
 */
export async function readProbeLog(file: string): Promise<Probes> {
  let images: Probes['images'] = [];
  const probes = new Map<string, Probe>();
  for await (const piece of filePieces(file))
    for (const { from, to } of linesOf(piece)) {
      if (breath.isDue) await breath.take();
      const value = parseJsonLine(piece.bytes.toString('utf8', from, to));
      const begun = imagesSchema.safeParse(value);
      if (begun.success) ({ images } = begun.data);
      const probe = storedProbe.safeParse(value);
      if (probe.success) probes.set(`${probe.data.role} ${probe.data.epoch}`, probe.data);
    }
  return { images, probes: [...probes.values()] };
}
