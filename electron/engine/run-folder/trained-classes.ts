import { isSeen } from '../data/split.ts';
import type { RunFolder } from './run-folder.ts';

/** A run's vocabulary; `seen`: the student was to learn the class, and there were training images of it. */
export async function trainedClasses(
  run: RunFolder,
  classNames: readonly string[],
): Promise<{ id: number; name: string; seen: boolean }[]> {
  const { trainClasses } = run.recipe.data;
  const report = await run.dataset().catch(() => null);
  const hasImages = (id: number): boolean => (report?.classes[id]?.train ?? 1) > 0;
  return classNames.map((name, id) => ({ id, name, seen: isSeen(trainClasses, id) && hasImages(id) }));
}
