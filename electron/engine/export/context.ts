import { DistillError } from '../../contract/errors.ts';
import type { ExportRow, RunResult } from '../../contract/result.ts';
import type { Role } from '../../contract/run.ts';
import type { CallProgress } from '../../contract/method.ts';
import { type Calibration, calibrationOf, type RunImages } from './calibration.ts';
import { correctedBiases, withCorrectedBiases } from './corrected-network.ts';
import type { ExportContext } from './exporter.ts';
import type { WrittenItem } from './item.ts';
import { type Quantisation, quantise } from './quantise/quantise.ts';
import { networkOfRun, type TrainedNetwork } from './trained-network.ts';

export interface ContextParts extends Pick<
  ExportContext,
  'run' | 'out' | 'names' | 'roles' | 'options' | 'signal'
> {
  images: RunImages | undefined;
  /** Both grow while the export goes on. */
  rows: readonly ExportRow[];
  written: readonly WrittenItem[];
  onProgress: ((progress: CallProgress) => void) | undefined;
}

/** Computed once for each role. */
function perRole<T>(make: (role: Role) => Promise<T>): (role: Role) => Promise<T> {
  const made = new Map<Role, Promise<T>>();
  return (role) => {
    const known = made.get(role) ?? make(role);
    made.set(role, known);
    return known;
  };
}

/** Rows of earlier exports stay until the same network is exported again in the same format. */
export function mergedRows(
  before: readonly ExportRow[],
  written: readonly WrittenItem[],
  rows: readonly ExportRow[],
): ExportRow[] {
  const isWritten = (row: ExportRow): boolean =>
    written.some(({ format, item }) => format === row.format && item.network === row.role);
  return [...before.filter((row) => !isWritten(row)), ...rows];
}

export function exportContext({ images, rows, written, onProgress, ...parts }: ContextParts): ExportContext {
  const { run } = parts;
  const network = perRole(async (role): Promise<TrainedNetwork> => {
    const trained = await networkOfRun(run, role);
    if (!parts.options.correctBiases) return trained;
    return withCorrectedBiases(trained, correctedBiases(await run.result(), role));
  });
  const calibration = perRole(async (role): Promise<Calibration> => {
    if (!images)
      throw new DistillError(
        'NOT_FOUND',
        'There are no training images to fit int8 to.',
        'Export float formats, or give the path of the dataset.',
      );
    const { pixels, split } = await images.pool((await network(role)).image, role);
    return calibrationOf(pixels, split, run.recipe.seed);
  });
  const quantised = perRole(async (role): Promise<Quantisation> =>
    quantise(await network(role), await calibration(role), {
      maxLoss: parts.options.maxLoss,
      signal: parts.signal,
      onProgress: (done, total) => onProgress?.({ done, total, phase: 'calibrate' }),
    }),
  );
  const result = async (): Promise<RunResult> => {
    const { exports: before = [], ...others } = await run.result();
    const all = mergedRows(before, written, rows);
    return { ...others, ...(all.length > 0 && { exports: all }) };
  };
  return {
    ...parts,
    network,
    calibration,
    quantised,
    result,
    written: () => written,
    progress: (phase, done, total) => onProgress?.({ done, total, phase }),
  };
}
