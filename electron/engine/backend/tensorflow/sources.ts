import { cp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import { isSystemError, makeFolders } from '../../../platform/files.ts';
import { packageName, packageVersion } from './node-package.ts';
import { runProgram } from '../../../platform/run-program.ts';

interface NpmPackage {
  name: string;
  version: string;
  integrity: string;
}

/** What npm's registry must deliver: the code is compiled and run. */
const nodePackage: NpmPackage = {
  name: packageName,
  version: packageVersion,
  integrity:
    'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
};
const nodeApiHeaders: NpmPackage = {
  name: 'node-api-headers',
  version: '1.9.0',
  integrity:
    'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
};

/** What the addon is made of. */
export interface Sources {
  /** tfjs-node's package: dist/ and binding/. */
  packageFolder: string;
  /** Headers of Node-API. */
  nodeApi: string;
}

/** The folder of the package that npm installed beside us, with or without its addon; null where there is none. */
export function installedPackage(): string | null {
  try {
    return path.dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`));
  } catch {
    return null;
  }
}

/** Puts a package's files into `folder`, by the user's npm and from the user's registry; no script of it is run. */
async function fetchPackage(wanted: NpmPackage, folder: string, signal?: AbortSignal): Promise<void> {
  const spec = `${wanted.name}@${wanted.version}`;
  await makeFolders(folder);
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024, ...(signal && { signal }) };
  let packed: { filename: string; integrity: string } | undefined;
  try {
    const { stdout } = await runProgram('npm', ['pack', spec, '--json', '--ignore-scripts'], options);
    [packed] = JSON.parse(stdout) as { filename: string; integrity: string }[];
  } catch (cause) {
    if (isSystemError(cause, 'ABORT_ERR')) throw cause;
    if (isSystemError(cause, 'ENOENT')) {
      const hint = 'Install npm (it comes with Node.js): it fetches the sources of the addon.';
      throw new DistillError('NOT_FOUND', 'The program npm is missing.', hint, { cause });
    }
    const hint = `Check that "npm view ${spec}" reaches your registry, then try again.`;
    throw new DistillError('NOT_FOUND', `npm could not fetch ${spec}.`, hint, { cause, retryable: true });
  }
  if (packed?.integrity !== wanted.integrity) {
    throw new DistillError(
      'BACKEND_UNAVAILABLE',
      `What npm delivered as ${spec} is not what was published under that name: its checksum differs.`,
      'Check which registry npm uses: npm config get registry.',
    );
  }
  const archive = path.join(folder, packed.filename);
  await runProgram('tar', ['-xzf', archive, '-C', folder, '--strip-components=1'], options);
  await rm(archive);
}

/** Copies or fetches the sources of the addon into `folder`. */
export async function prepareSources(folder: string, signal?: AbortSignal): Promise<Sources> {
  const packageFolder = path.join(folder, 'package');
  const installed = installedPackage();
  if (installed !== null && (await versionOf(installed)) === packageVersion) {
    for (const part of ['dist', 'binding', 'package.json']) {
      await cp(path.join(installed, part), path.join(packageFolder, part), { recursive: true });
    }
  } else {
    await fetchPackage(nodePackage, packageFolder, signal);
  }
  const headers = path.join(folder, 'node-api');
  await fetchPackage(nodeApiHeaders, headers, signal);
  return { packageFolder, nodeApi: path.join(headers, 'include') };
}

async function versionOf(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
