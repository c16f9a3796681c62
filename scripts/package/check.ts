import { readdirSync } from 'node:fs';
import path from 'node:path';
import { projectRoot, type BuilderConfig } from './config.ts';
import { isNative, natives } from './natives.ts';
import { packedFiles, type Target } from './packed-files.ts';

/** Every package that electron-builder.yml makes. */
export const targets: readonly Target[] = [
  { platform: 'linux', arch: 'x64' },
  { platform: 'linux', arch: 'arm64' },
  { platform: 'win32', arch: 'x64' },
  { platform: 'win32', arch: 'arm64' },
  { platform: 'darwin', arch: 'arm64' },
];

export interface PackageReport {
  target: Target;
  /** How many files are packed. */
  count: number;
  /** A sentence each; none: the package is whole. */
  faults: string[];
  /** Native packages that could not be looked for, for npm installs them on that platform only. */
  notInstalled: string[];
}

/** Whether the package for a target holds every file that the program loads, and nothing foreign. */
export async function checkPackage(
  config: BuilderConfig,
  target: Target,
  loaded: ReadonlySet<string>,
): Promise<PackageReport> {
  const { packed, isUnpacked } = await packedFiles(config, target);
  const { files: needed, missing } = natives(target);
  const faults: string[] = [];
  for (const file of [...loaded, ...resources(), ...needed])
    if (!packed.has(file)) faults.push(`${file} is loaded, but not packed.`);
  if (![...needed].some((file) => file.includes('onnxruntime')))
    faults.push('onnxruntime-node has no library for this platform.');
  for (const file of packed) {
    if (isNative(file) && !needed.has(file)) faults.push(`${file} is packed, but not this platform's.`);
    if (isNative(file) && !isUnpacked(file))
      faults.push(`${file} is inside the archive, where it cannot be loaded: asarUnpack.`);
    if (isTest(file)) faults.push(`${file} is a test, and packed.`);
    if (isSource(file)) faults.push(`${file} is a source, and packed.`);
  }
  return { target, count: packed.size, faults, notInstalled: missing };
}

const isOurs = (file: string): boolean => !file.startsWith('node_modules/');
const isTest = (file: string): boolean =>
  isOurs(file) && (/(^|\/)tests?\//.test(file) || /\.(test|spec)\.[cm]?[jt]s$/.test(file));
const isSource = (file: string): boolean => isOurs(file) && /\.(ts|vue|tsbuildinfo)$/.test(file);

/** Everything that is read from resources/: all but the icons that only installers use. */
function resources(): string[] {
  return readdirSync(path.join(projectRoot, 'resources'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(projectRoot, path.join(entry.parentPath, entry.name)))
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => !file.startsWith('resources/icons/') || file === 'resources/icons/icon.png');
}
