import { DistillError } from '../contract/errors.ts';
import type { SweepEstimate } from '../contract/estimate.ts';
import type { Recipe } from '../contract/recipe.ts';
import type { Client } from '../contract/services.ts';
import type { Sweep } from '../contract/sweep/sweep.ts';
import { bytes, counted, duration } from './format.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import type { Session } from './session.ts';

interface Planned {
  sweep: Sweep;
  data: string | null;
  runtime: RuntimeOptions;
  atOnce?: number;
}

/** Shows what a sweep would take, by the base recipe's division of the dataset. Throws INVALID_INPUT where no dataset is named. */
export async function planSweep(
  session: Session,
  { sweep, data, runtime, atOnce = 1 }: Planned,
): Promise<void> {
  const { output, signal } = session;
  const client = await session.engine();
  const path = data ?? sweep.base.data.path;
  if (path === null)
    throw new DistillError(
      'INVALID_INPUT',
      'No dataset is named.',
      'Give --data, or data.path in the recipe.',
    );
  const onProgress = output.progress('images');
  const counts = await countImages(client, path, sweep.base, { signal, onProgress });
  const estimate = await client.sweeps.estimate({ sweep, atOnce, runtime, ...counts }, { signal });
  output.result('sweep run --plan', estimate, planText(estimate, atOnce));
}

async function countImages(
  client: Client,
  path: string,
  { data, teacher, seed }: Recipe,
  options: Parameters<Client['dataset']['split']>[1],
) {
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

function planText(estimate: SweepEstimate, atOnce: number): string {
  const { runs, workSeconds, totalSeconds, memoryBytes, diskBytes, basis } = estimate;
  const together = atOnce === 1 ? '' : `, ${atOnce} at a time (${duration(workSeconds)} of work)`;
  const source =
    basis === 'measured' ? 'Based on steps timed on this machine.' : 'Estimated from multiply-adds.';
  return [
    `${counted(runs, 'run')}: about ${duration(totalSeconds)}${together}`,
    `Memory ${bytes(memoryBytes)}, disk ${bytes(diskBytes)}`,
    source,
  ].join('\n');
}
