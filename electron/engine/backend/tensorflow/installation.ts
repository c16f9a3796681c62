import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TensorflowLink } from '../../../contract/doctor.ts';
import { DistillError } from '../../../contract/errors.ts';
import { readLink } from './link-record.ts';
import { installedPackage } from './sources.ts';

/** tfjs-node-gpu with its native part. */
export interface Installation {
  packageFolder: string;
  /** The file tfjs_binding.node. */
  addon: string;
  /** The link that the addon was made by; null: npm's install script brought it. */
  link: TensorflowLink | null;
}

export const addonName = 'tfjs_binding.node';

/** The parts of a linked folder. */
export const linkedInstallation = (link: TensorflowLink): Installation => ({
  packageFolder: path.join(link.folder, 'package'),
  addon: path.join(link.folder, addonName),
  link,
});

/**
 * The TensorFlow that the user linked, else the one that npm installed; null where there is neither. Throws DistillError
 * where there is one whose native part is missing, or the record of the link is unreadable.
 */
export function findInstallation(): Installation | null {
  const link = readLink();
  if (link) {
    const installation = linkedInstallation(link);
    if (existsSync(installation.addon)) return installation;
    const hint =
      'Link again: distill-studio engine link --libtensorflow <folder>; or: distill-studio engine unlink.';
    throw new DistillError('NOT_FOUND', `It was linked, but "${installation.addon}" is gone.`, hint);
  }
  const packageFolder = installedPackage();
  if (packageFolder === null) return null;
  // The package names the folder after the version of Node-API that the addon was built for.
  for (let version = Number(process.versions.napi); version >= 3; version--) {
    const addon = path.join(packageFolder, 'lib', `napi-v${version}`, addonName);
    if (existsSync(addon)) return { packageFolder, addon, link: null };
  }
  throw new DistillError(
    'NOT_FOUND',
    '@tensorflow/tfjs-node-gpu is installed without its native part: its install script did not run or failed.',
    'Link a TensorFlow that you have: distill-studio engine link --libtensorflow <folder>.',
  );
}
