import { copyFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { isSegment } from '../../contract/segment.ts';
import { fileError, makeFolders } from '../../platform/files.ts';
import { filesBelow } from '../../platform/folder-size.ts';
import { withPaths } from '../../platform/recipe-paths.ts';
import { isPlace, placeIn, posix } from './places.ts';

/** Where in a sweep's folder the files lie that its recipes name: inputs/<number>/<name>. */
const inputsFolder = 'inputs';

/** What of a run's folder a teacher is read from; curves, checkpoints and exports are not. */
const isOfTeacher = (name: string): boolean =>
  /^(run|recipe|result|dataset)\.json$/.test(name) || name.startsWith('weights/');

/**
 * Recipes whose paths are places below a sweep's folder, which is the same on all machines. Files that lie elsewhere are copied into
 * the folder, once.
 */
export class PortableRecipes {
  readonly #folder: string;
  /** Places by path. */
  readonly #places = new Map<string, Promise<string>>();

  /** `folder`: the sweep's. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws INVALID_INPUT where it names what cannot travel, NOT_FOUND, DISK_FULL, NOT_WRITABLE. */
  async portable(recipe: Recipe): Promise<Recipe> {
    if (recipe.data.unlabelled !== null)
      throw new DistillError(
        'INVALID_INPUT',
        'Images without labels do not travel to the workers of a queue yet.',
        'Run this sweep without --queue.',
      );
    const places = new Map<string, string>();
    const given: string[] = [];
    const { data } = recipe;
    const own = { ...recipe, data: { ...data, path: null } };
    withPaths(own, (file) => (given.push(file), file));
    for (const file of given) places.set(file, await this.#placeOf(file));
    return withPaths(own, (file) => places.get(file)!);
  }

  #placeOf(file: string): Promise<string> {
    const inside = placeIn(this.#folder, file);
    if (inside !== null) return Promise.resolve(inside);
    const known = this.#places.get(file) ?? this.#copied(file, this.#places.size);
    this.#places.set(file, known);
    return known;
  }

  async #copied(file: string, number: number): Promise<string> {
    const name = path.basename(file);
    if (!isSegment(name))
      throw new DistillError(
        'INVALID_INPUT',
        `"${name}" cannot be a file's name on every machine.`,
        'Rename it.',
      );
    const place = `${inputsFolder}/${number}/${name}`;
    const folder = path.join(this.#folder, inputsFolder, String(number));
    const info = await stat(file).catch((thrown: unknown) => {
      throw fileError(thrown, file);
    });
    const files = info.isDirectory() ? await filesOfRun(file) : await withParts(file);
    for (const [from, below] of files) {
      const to = path.join(folder, below);
      await makeFolders(path.dirname(to));
      await copyFile(from, to).catch((thrown: unknown) => {
        throw fileError(thrown, to);
      });
    }
    return place;
  }
}

/** The recipe with its places as paths below a folder. */
export const localRecipe = (recipe: Recipe, folder: string): Recipe =>
  withPaths(recipe, (place) => path.join(folder, ...place.split('/')));

/** Whether all that a recipe names is a place below a sweep's folder. */
export function hasOnlyPlaces(recipe: Recipe): boolean {
  let only = true;
  withPaths(recipe, (place) => {
    only &&= isPlace(place);
    return place;
  });
  return only;
}

/** The places of a recipe's files. */
export function placesIn(recipe: Recipe): string[] {
  const places = new Set<string>();
  withPaths(recipe, (place) => (places.add(place), place));
  return [...places];
}

/** What is needed of a place that is a run's folder; of any other place all is. */
export const isNeeded = (place: string, name: string): boolean =>
  place.startsWith(`${inputsFolder}/`) || isOfTeacher(name.slice(place.length + 1));

async function filesOfRun(folder: string): Promise<[string, string][]> {
  const files = await filesBelow(folder);
  const base = path.basename(folder);
  return files
    .map(({ path: file }) => [file, posix(path.relative(folder, file))] as const)
    .filter(([, name]) => isOfTeacher(name))
    .map(([file, name]) => [file, path.join(base, name)]);
}

/** A file, and those beside it whose names begin with its own: an ONNX file may keep its numbers in one. */
async function withParts(file: string): Promise<[string, string][]> {
  const folder = path.dirname(file);
  const { name: stem } = path.parse(file);
  const names = file.endsWith('.onnx')
    ? (await readdir(folder)).filter((name) => name.startsWith(stem))
    : [path.basename(file)];
  return names.map((name) => [path.join(folder, name), name]);
}
