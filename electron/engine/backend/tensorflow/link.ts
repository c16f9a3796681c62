import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TensorflowLink } from '../../../contract/doctor.ts';
import { DistillError } from '../../../contract/errors.ts';
import { fileError, isSystemError, makeFolders } from '../../../platform/files.ts';
import { compileAddon, findCompiler } from './compile.ts';
import { addonName, linkedInstallation } from './installation.ts';
import { inspectLibtensorflow } from './libtensorflow.ts';
import { linkFolder, readLink, removeLink, writeLink } from './link-record.ts';
import { prepareSources } from './sources.ts';
import { verifyInstallation } from './verify.ts';

/** What linking is made of; tests put others in. */
export interface LinkTools {
  inspect: typeof inspectLibtensorflow;
  findCompiler: typeof findCompiler;
  prepareSources: typeof prepareSources;
  compile: typeof compileAddon;
  verify: typeof verifyInstallation;
}

const tools: LinkTools = {
  inspect: inspectLibtensorflow,
  findCompiler,
  prepareSources,
  compile: compileAddon,
  verify: verifyInstallation,
};

export interface LinkOptions {
  /** Where the addon is put; null: the user's folder. */
  to: string | null;
  signal?: AbortSignal;
  onStep?: (done: number, total: number) => void;
  /** Where the record of the link is. */
  records?: string;
}

const prefix = 'addon-';
const steps = 5;

/**
 * Builds tfjs-node's addon against a libtensorflow, lets it compute in a process of its own and records it; from then on the
 * backend `tensorflow` uses it. A link that fails leaves the one before as it was. Throws a DistillError that names the file
 * or tool is missing.
 */
export async function linkTensorflow(
  libtensorflow: string,
  { to, signal, onStep, records = linkFolder() }: LinkOptions,
  use: LinkTools = tools,
): Promise<TensorflowLink> {
  let done = 0;
  const step = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    onStep?.(++done, steps);
    return result;
  };
  const tensorflow = await step(use.inspect(libtensorflow));
  const compiler = await step(use.findCompiler());
  const parent = path.resolve(to ?? records);
  await makeFolders(parent);
  const folder = path.join(parent, `${prefix}${randomUUID().slice(0, 8)}`);
  try {
    await mkdir(folder);
    const { packageFolder, nodeApi } = await step(use.prepareSources(folder, signal));
    const sources = path.join(packageFolder, 'binding');
    const output = path.join(folder, addonName);
    await step(use.compile(compiler, { sources, nodeApi, tensorflow, output }, signal));
    const { cuda, cudaVersion, cudnnVersion } = tensorflow.build;
    const unproven = { libtensorflow: tensorflow.folder, folder, cuda, cudaVersion, cudnnVersion };
    const link = { tensorflow: '', ...unproven, linkedAt: new Date().toISOString() };
    const { version } = await step(use.verify(linkedInstallation(link), signal));
    const before = existing(records);
    await writeLink({ ...link, tensorflow: version }, records);
    if (before) await removeAddon(before);
    return { ...link, tensorflow: version };
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    if (isSystemError(thrown, 'ABORT_ERR')) {
      throw new DistillError('CANCELLED', 'Linking was stopped; nothing was changed.');
    }
    throw fileError(thrown, folder);
  }
}

/** Removes the link and what was built for it. Returns whether there was one. */
export async function unlinkTensorflow(records: string = linkFolder()): Promise<TensorflowLink | null> {
  const link = existing(records);
  await removeLink(records);
  if (link) await removeAddon(link);
  return link;
}

/** The link so far; an unreadable record counts as none, for it is about to be replaced or removed. */
function existing(records: string): TensorflowLink | null {
  try {
    return readLink(records);
  } catch {
    return null;
  }
}

/** Only what linking itself has made: the record is a file that anybody may have edited. */
async function removeAddon({ folder }: TensorflowLink): Promise<void> {
  const ours = path.basename(folder).startsWith(prefix) && existsSync(path.join(folder, addonName));
  if (ours) await rm(folder, { recursive: true, force: true });
}
