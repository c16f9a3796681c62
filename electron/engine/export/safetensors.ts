import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { type Role, roles } from '../../contract/run.ts';
import { jsonText } from '../../platform/files.ts';
import { familyNames } from '../models/weights/family-names.ts';
import { keptImage, modelIn } from '../models/weights/metadata.ts';
import { readHeader } from '../models/weights/safetensors-header.ts';
import type { Scheme } from '../models/weights/scheme.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { exportBase, type Exporter } from './exporter.ts';
import type { ExportFile } from './item.ts';
import { statedLicense } from './network-metadata.ts';
import { noNetwork } from './trained-network.ts';

const renamed = (header: Record<string, unknown>, rename: (name: string) => string) =>
  Object.fromEntries(Object.entries(header).map(([name, entry]) => [rename(name), entry]));

/** The same tensors behind another header, padded with blanks to eight bytes as the reference writer does. */
async function* withMetadata(
  file: string,
  metadata: Record<string, string>,
  rename = (name: string): string => name,
): AsyncGenerator<Uint8Array> {
  const { header, metadata: own, dataStart } = await readHeader(file);
  const text = Buffer.from(
    JSON.stringify({ ...renamed(header, rename), __metadata__: { ...own, ...metadata } }),
  );
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
  text.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  yield length;
  yield padded;
  for await (const chunk of createReadStream(file, { start: dataStart })) yield chunk as Uint8Array;
}

const fastaiEnding = '-fastai.safetensors';

/** fastai's names for a network; null where fastai makes none like it. */
const fastaiSchemeOf = (model: ModelRecipe | undefined): Scheme | null =>
  model?.head === 'fastai' ? (familyNames[model.architecture].fastai[0] ?? null) : null;

const noFastaiHead = (run: RunFolder): DistillError =>
  new DistillError(
    'INVALID_INPUT',
    `No model of the run "${path.basename(run.folder)}" has fastai's head on a network that fastai makes.`,
    'Export with torchvision\'s names, or train one of torchvision\'s networks with model.head "fastai".',
  );

function modelOf(recipe: Recipe, role: Role): ModelRecipe | null {
  if (role !== 'teacher') return recipe.student.model;
  return 'model' in recipe.teacher ? recipe.teacher.model : null;
}

async function classesOf(run: RunFolder): Promise<string[] | null> {
  return (await run.dataset())?.classes.map(({ name }) => name) ?? null;
}

/**
 * <run>-<role>.safetensors for every model that was asked for, or that the run has weights of, and beside it <run>-<role>.json with what another
 * program needs to use it: class names in the order of the outputs, image size and statistics, architecture, licence. The class names
 * are in the weights' own header too.
 */
export const safetensors: Exporter = {
  name: 'safetensors',
  async files({ run, out, names, roles: asked, options }) {
    const start = await exportBase({ run, out });
    const classes = await classesOf(run);
    const license = statedLicense(options);
    const files: ExportFile[] = [];
    for (const role of asked ?? roles) {
      const weights = run.weightsFile(role);
      if (!(await stat(weights).catch(() => null))) {
        if (asked) throw noNetwork(run, role);
        continue;
      }
      const base = `${start}-${role}`;
      const { metadata: own } = await readHeader(weights);
      const image = keptImage(own, run.recipe, role);
      const metadata = {
        format: 'pt',
        run: path.basename(run.folder),
        role,
        ...(classes ? { classes: JSON.stringify(classes) } : {}),
        image: JSON.stringify(image),
        license,
      };
      const description = {
        run: path.basename(run.folder),
        role,
        model: modelOf(run.recipe, role),
        image,
        classes,
        license,
      };
      files.push(
        { path: `${base}.safetensors`, content: () => withMetadata(weights, metadata) },
        { path: `${base}.json`, content: jsonText(description) },
      );
      const scheme = names === 'fastai' ? fastaiSchemeOf(modelIn(own)) : null;
      if (scheme) {
        const rename = (name: string) => scheme.nameOf(name) ?? name;
        files.push({
          path: `${base}${fastaiEnding}`,
          content: () => withMetadata(weights, metadata, rename),
        });
      }
    }
    if (names === 'fastai' && files.length > 0 && !files.some((one) => one.path.endsWith(fastaiEnding)))
      throw noFastaiHead(run);
    if (files.length > 0) return files;
    throw new DistillError(
      'NOT_FOUND',
      `The run "${path.basename(run.folder)}" has no trained weights yet; it is ${run.state}.`,
      'Resume it, or wait until its first model is trained.',
    );
  },
};
