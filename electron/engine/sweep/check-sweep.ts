import { DistillError, toErrorValue } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Member } from './members.ts';
import { settingText } from './settings.ts';

/** Settings whose data and teacher are looked at before a sweep begins: each takes about as long as listing the dataset. */
const mostChecked = 50;

/**
 * Throws what is wrong with a sweep before anything runs: INVALID_INPUT where nothing is held out, by which settings could be
 * chosen; what `preflight` throws of a setting, with its name.
 */
export async function checkSweep(
  members: readonly Member[],
  preflight: (recipe: Recipe) => Promise<unknown>,
): Promise<void> {
  const unheld = members.find(({ recipe }) => recipe.data.split.method === 'all');
  if (unheld)
    throw new DistillError(
      'INVALID_INPUT',
      'A sweep chooses by the held-out images, and this recipe holds none out (data.split.method is "all").',
      'Set data.split.method to "track-random" or "stratified". Test images are looked at once, at the end.',
    );
  const first = [...new Map(members.toReversed().map((member) => [member.setting, member])).values()];
  for (const { recipe, values } of first.reverse().slice(0, mostChecked)) {
    try {
      await preflight(recipe);
    } catch (thrown) {
      const { code, message, hint } = toErrorValue(thrown);
      if (code === 'CANCELLED' || members.length === 1) throw thrown;
      throw new DistillError(code, `With ${settingText(values)}: ${message}`, hint, { cause: thrown });
    }
  }
}
