import type { Role } from '../../contract/run.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { listRuns } from '../run-folder/recovery.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { type DescribedNetwork, type DescribedTraining, describeTrainings } from './described-training.ts';
import { networkInRun } from './foreseen-teacher.ts';

/** How many of the newest runs are examined. */
const mostRuns = 30;

/** What the speed of a role's training depends on, as a key; null where its teacher is not one network of this program's. */
function speedKey(
  { role, training, network, teachers }: DescribedTraining,
  runtime: Runtime,
  backend: string,
): string | null {
  const [teacher = null] = teachers;
  if (role === 'student' && (teachers.length !== 1 || (teacher && 'file' in teacher))) return null;
  const seen = ({ model, image }: DescribedNetwork) => [model, image.size];
  return JSON.stringify([
    seen(network),
    teacher && 'model' in teacher ? seen(teacher) : null,
    training.batchSize,
    training.stages.map(({ freezeTo }) => freezeTo),
    [backend, runtime.threads, runtime.trace !== 'off'],
  ]);
}

/**
 * Images per second of the same training steps in the newest completed run below `runsFolder` that had them: networks, sizes,
 * batch, freezing, backend and threads. Runs with stored teacher logits do not count. Roles that no run had are left out.
 */
export async function measuredSpeeds(
  runsFolder: string,
  trainings: readonly DescribedTraining[],
  runtime: Runtime,
  backend: string,
): Promise<Map<Role, number>> {
  const wanted = new Map<Role, string>();
  for (const training of trainings) {
    const key = speedKey(training, runtime, backend);
    if (key !== null) wanted.set(training.role, key);
  }
  const speeds = new Map<Role, number>();
  const completed = (await listRuns(runsFolder)).filter(({ state }) => state === 'completed');
  for (const { folder } of completed.slice(0, mostRuns)) {
    if (speeds.size === wanted.size) break;
    const run = await RunFolder.open(folder).catch(() => null);
    if (!run || run.logitsFolder !== null) continue;
    const result = await run.result().catch(() => null);
    if (!result) continue;
    const given = await networkInRun(run, 'teacher');
    const had = describeTrainings(run.recipe, given ? [given] : []);
    for (const training of had) {
      const { role } = training;
      const speed = result.models[role]?.imagesPerSecond ?? null;
      if (speeds.has(role) || speed === null || speed <= 0) continue;
      if (speedKey(training, run.runtime, result.backend) === wanted.get(role)) speeds.set(role, speed);
    }
  }
  return speeds;
}
