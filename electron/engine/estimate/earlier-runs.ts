import type { Recipe } from '../../contract/recipe.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import type { TeacherRecipe } from '../../contract/recipe/teacher.ts';
import { type Role, rolesToTrain } from '../../contract/run.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { networkOfTeacher } from '../../contract/teacher-network.ts';
import { listRuns } from '../run-folder/recovery.ts';
import { RunFolder } from '../run-folder/run-folder.ts';

/** Of the newest runs so many are looked at. */
const mostRuns = 30;
/** The network of a teacher, also where it comes from a run; null where that run is gone. */
export const teacherModel = (teacher: TeacherRecipe): Promise<ModelRecipe | null> =>
  networkOfTeacher(
    teacher,
    async (folder) => (await RunFolder.open(folder).catch(() => null))?.recipe ?? null,
  );

/** What the speed of a role's training depends on, as a key. */
async function speedKey(
  recipe: Recipe,
  role: Role,
  runtime: Runtime,
  backend: string,
): Promise<string | null> {
  const training = rolesToTrain(recipe).find((one) => one.role === role)?.training;
  if (!training) return null;
  const teacher = role === 'baseline' ? null : await teacherModel(recipe.teacher);
  if (role !== 'baseline' && !teacher) return null;
  return JSON.stringify([
    role === 'teacher' ? teacher : [recipe.student.model, teacher],
    recipe.data.image.size,
    training.batchSize,
    training.stages.map(({ freezeTo }) => freezeTo),
    [backend, runtime.threads, runtime.trace !== 'off'],
  ]);
}

/**
 * Images per second of the same training steps in the newest completed run below `runsFolder` that had them: networks, size,
 * batch, freezing, backend and threads. Runs with stored answers do not count. Roles that no run tells of are left out.
 */
export async function measuredSpeeds(
  runsFolder: string,
  recipe: Recipe,
  runtime: Runtime,
  backend: string,
): Promise<Map<Role, number>> {
  const wanted = new Map<Role, string>();
  for (const { role } of rolesToTrain(recipe)) {
    const key = await speedKey(recipe, role, runtime, backend);
    if (key !== null) wanted.set(role, key);
  }
  const speeds = new Map<Role, number>();
  const completed = (await listRuns(runsFolder)).filter(({ state }) => state === 'completed');
  for (const { folder } of completed.slice(0, mostRuns)) {
    if (speeds.size === wanted.size) break;
    const run = await RunFolder.open(folder).catch(() => null);
    if (!run || run.logitsFolder !== null) continue;
    const result = await run.result().catch(() => null);
    if (!result) continue;
    for (const [role, key] of wanted) {
      const speed = result.models[role]?.imagesPerSecond ?? null;
      if (speeds.has(role) || speed === null || speed <= 0) continue;
      if ((await speedKey(run.recipe, role, run.runtime, result.backend)) === key) speeds.set(role, speed);
    }
  }
  return speeds;
}
