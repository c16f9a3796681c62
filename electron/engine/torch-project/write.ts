import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { rolesToTrain } from '../../contract/run.ts';
import type { ComputingHandlers } from '../../contract/services.ts';
import { fileError, isSystemError, jsonText, makeFolders } from '../../platform/files.ts';
import { resource } from '../../platform/resources.ts';
import { withBackend } from '../backend/choose.ts';
import { divide, taughtClasses } from '../data/division.ts';
import { openDataset } from '../data/import.ts';
import { dataPathOf } from '../data/prepared-data.ts';
import type { FileContent } from '../export/item.ts';
import type { FolderFiles } from '../export/network-folder.ts';
import { Staging } from '../export/staging.ts';
import type { Log } from '../inputs/models.ts';
import { checkRecipeParts } from '../run/preflight.ts';
import { projectImages } from './images.ts';
import { projectNetworks } from './networks.ts';
import { readme } from './readme.ts';
import { refuseUnsupported } from './refusals.ts';
import { splitTable, usedSamples } from './split-table.ts';

/** Throws FOLDER_NOT_EMPTY, or INVALID_INPUT for a file. */
async function requireFree(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((thrown: unknown) => {
    if (isSystemError(thrown, 'ENOENT')) return [];
    throw fileError(thrown, folder);
  });
  if (entries.length > 0)
    throw new DistillError(
      'FOLDER_NOT_EMPTY',
      `The folder ${folder} is not empty.`,
      'Name a folder that does not exist yet, or empty this one first.',
    );
}

/** The modules that are the same in every project. */
async function modules(): Promise<FolderFiles> {
  const folder = resource('torch');
  const names = (await readdir(folder)).filter((name) => /\.(py|txt)$/.test(name));
  const read = async (file: string) => [path.basename(file), await readFile(file, 'utf8')] as const;
  const files = [...names.map((name) => path.join(folder, name)), resource('export', 'python', 'images.py')];
  return Object.fromEntries(await Promise.all(files.map(read)));
}

/** Writes all files or none. */
async function writeFolder(
  folder: string,
  files: Readonly<Record<string, FileContent>>,
  signal: AbortSignal,
): Promise<void> {
  const root = path.dirname(folder);
  await makeFolders(root);
  const staging = new Staging([root]);
  try {
    await staging.write({ path: folder, files }, signal);
    await staging.commit();
  } finally {
    await staging.discard();
  }
}

/**
 * A PyTorch project of a recipe: the modules of resources/torch/, the dataset's division as a table, the networks as source and the
 * weights that the engine's own training would begin with. Throws FOLDER_NOT_EMPTY, RECIPE_INVALID for what the project cannot do,
 * and what a run of the recipe would throw before it begins.
 */
export const writeTorchProject: ComputingHandlers['recipes']['writeTorch'] = async (
  { recipe: given, data: dataPath, folder: target },
  context,
) => {
  const { signal, progress } = context;
  const folder = path.resolve(target);
  refuseUnsupported(given);
  await requireFree(folder);
  const data = dataPathOf(given, dataPath);
  const recipe: Recipe = { ...given, data: { ...given.data, path: data } };
  await checkRecipeParts(recipe, context);
  const { classNames, reading } = recipe.data;
  const dataset = await openDataset(data, {
    classNames,
    reading,
    signal,
    onProgress: (done, total) => progress({ done, total, phase: 'import' }),
  });
  try {
    const division = divide(dataset, recipe.data, recipe.seed, { teacherClasses: taughtClasses(recipe) });
    const images = await projectImages(dataset, usedSamples(division));
    const notes: string[] = [];
    const log: Log = (_, message) => void notes.push(message);
    const networks = await withBackend('cpu', null, () => projectNetworks(recipe, dataset.classes, log));
    const roles = rolesToTrain(recipe).map(({ role }) => role);
    const project = {
      classes: dataset.classes,
      roles,
      images: images.folder,
      networks: networks.entries,
    };
    await writeFolder(
      folder,
      {
        ...(await modules()),
        ...networks.files,
        ...images.files,
        'README.md': readme({ recipe, roles, entries: networks.entries, images: images.folder }),
        'recipe.json': jsonText(recipe),
        'project.json': jsonText(project),
        'split.csv': splitTable(division, images.nameOf),
      },
      signal,
    );
    return { folder, roles, copiedImages: Object.keys(images.files).length, notes };
  } finally {
    await dataset.close();
  }
};
