import { DistillError } from '../contract/errors.ts';
import type { RunEstimate, SweepEstimate } from '../contract/estimate.ts';
import type { Recipe } from '../contract/recipe.ts';
import type { Client } from '../contract/services.ts';
import type { Sweep } from '../contract/sweep/sweep.ts';
import { bytes, counted, duration } from './format.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import type { Session } from './session.ts';

/** The option of the commands that can estimate without beginning. */
export const planOption = (what: string): [string, string] => [
  '--plan',
  `only ${what} time, memory and disk on this machine`,
];

interface Planned {
  data: string | null;
  runtime: RuntimeOptions;
}

/** Shows what a run would take. Throws INVALID_INPUT where no dataset is named. */
export async function planRun(
  session: Session,
  { recipe, data, runtime, storesLogits }: Planned & { recipe: Recipe; storesLogits: boolean },
): Promise<void> {
  const { output, signal } = session;
  const client = await session.engine();
  const counts = await countImages(session, client, recipe, data);
  const estimate = await client.training.estimate({ recipe, storesLogits, runtime, ...counts }, { signal });
  const parts = [
    ['import', estimate.importSeconds] as const,
    ...estimate.roles.map(({ role, seconds }) => [role, seconds] as const),
    ['evaluation', estimate.evaluationSeconds] as const,
    ['export', estimate.exportSeconds] as const,
  ].map(([part, seconds]) => `${part} ${duration(seconds)}`);
  output.result(
    'run --plan',
    estimate,
    planText(`1 run: about ${duration(estimate.totalSeconds)} (${parts.join(', ')})`, estimate),
  );
}

/** Shows what a sweep would take, by the base recipe's division of the dataset. Throws INVALID_INPUT where no dataset is named. */
export async function planSweep(
  session: Session,
  { sweep, data, runtime, atOnce = 1 }: Planned & { sweep: Sweep; atOnce?: number },
): Promise<void> {
  const { output, signal } = session;
  const client = await session.engine();
  const counts = await countImages(session, client, sweep.base, data);
  const estimate = await client.sweeps.estimate({ sweep, atOnce, runtime, ...counts }, { signal });
  const { runs, workSeconds, totalSeconds } = estimate;
  const together = atOnce === 1 ? '' : `, ${atOnce} at a time (${duration(workSeconds)} of work)`;
  output.result(
    'sweep run --plan',
    estimate,
    planText(`${counted(runs, 'run')}: about ${duration(totalSeconds)}${together}`, estimate),
  );
}

async function countImages(
  { output, signal }: Session,
  client: Client,
  { data, teacher, seed }: Recipe,
  given: string | null,
) {
  const path = given ?? data.path;
  if (path === null)
    throw new DistillError(
      'INVALID_INPUT',
      'No dataset is named.',
      'Give --data, or data.path in the recipe.',
    );
  const options = { signal, onProgress: output.progress('images') };
  const teacherClasses = teacher.source === 'train' ? teacher.trainClasses : null;
  const division = await client.dataset.split({ path, data, teacherClasses, seed }, options);
  const { classNames, reading } = data;
  const found =
    data.unlabelled &&
    (await client.dataset.unlabelled(
      { path, classNames, reading, unlabelled: data.unlabelled.paths },
      options,
    ));
  const { train, validation, test } = division.totals;
  return {
    trainImages: train,
    validationImages: validation,
    teacherImages: division.teacher.train > 0 ? division.teacher : null,
    testImages: test,
    unlabelledImages: found?.images ?? 0,
    classes: division.classes.length,
  };
}

const planText = (
  time: string,
  { memoryBytes, diskBytes, basis }: Pick<RunEstimate | SweepEstimate, 'memoryBytes' | 'diskBytes' | 'basis'>,
): string =>
  [
    time,
    `Memory ${bytes(memoryBytes)}, disk ${bytes(diskBytes)}`,
    basis === 'measured' ? 'Based on steps timed on this machine.' : 'Estimated from multiply-adds.',
  ].join('\n');
