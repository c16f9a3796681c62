import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { architectureNames } from '../../contract/architectures.ts';
import type { AnsweringHandlers } from '../../contract/services.ts';
import { writeJsonAtomic } from '../../platform/files.ts';
import * as recipeFile from '../../platform/recipe-file.ts';
import { resource } from '../../platform/resources.ts';
import { listDrafts, removeDraft, saveDraft } from '../user/drafts.ts';
import { isLarge } from '../work/large-file.ts';
import type { Workers } from '../work/workers.ts';

/** Those that come with the program, in the order in which they are offered. */
const titles: Record<string, string> = {
  small: 'Small images: from scratch, on a CPU, in minutes',
  photos: 'Photos: small networks at 64 px, from scratch, on a CPU',
  'gtsrb-32': 'Many small images: from scratch, on a CPU, in hours',
  'gtsrb-notebook': `Large networks: ${architectureNames.resnet34} teaches ${architectureNames.resnet18} at 96 px`,
  sample: 'Traffic signs, a few thousand images: in minutes',
};

const rank = (name: string): number => {
  const index = Object.keys(titles).indexOf(name);
  return index === -1 ? Infinity : index;
};

export const recipesHandlers = (workers: Workers): AnsweringHandlers['recipes'] => ({
  // Async, so that what is thrown rejects.
  check: async ({ recipe }) =>
    Promise.resolve({
      recipe: recipeFile.checkRecipe(
        recipe,
        'The recipe',
        'Correct the fields that are named; all others are fine.',
      ),
    }),

  /** Paths in the file are relative to it; they come back absolute. */
  async read({ file }, { signal }) {
    const absolute = path.resolve(file);
    // Whatever file somebody chose: a recipe has a few kilobytes.
    const recipe = (await isLarge(absolute))
      ? await workers.inShared(({ work }) => work.recipe({ file: absolute }, { signal, unparsed: true }))
      : await recipeFile.readRecipe(absolute);
    return { recipe, path: absolute };
  },

  async write({ recipe, file }) {
    const absolute = path.resolve(file);
    await writeJsonAtomic(absolute, recipe);
    return { file: absolute };
  },

  async presets() {
    const folder = resource('recipes');
    const names = (await readdir(folder))
      .filter((file) => file.endsWith('.json'))
      .map((file) => path.basename(file, '.json'))
      .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
    return Promise.all(
      names.map(async (name) => {
        const recipe = await recipeFile.readRecipe(path.join(folder, `${name}.json`));
        return { name, title: titles[name] ?? recipe.name, recipe };
      }),
    );
  },

  drafts: listDrafts,
  saveDraft,
  removeDraft,
});
