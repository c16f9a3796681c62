import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './config.ts';
import type { Target } from './packed-files.ts';

/** Whether a file's name is one of machine code. */
export const isNative = (file: string): boolean => /\.(node|dll|dylib|so(\.[0-9.]+)?)$/.test(file);

export interface Natives {
  files: Set<string>;
  /** Packages that npm installs on that platform only. */
  missing: string[];
}

/** The native libraries that the program loads on a target, as far as they are installed here. */
export function natives(target: Target): Natives {
  const files = [...onnxruntime(target)];
  const missing: string[] = [];
  for (const name of sharpPackages(target)) {
    const folder = `node_modules/@img/${name}`;
    if (existsSync(path.join(projectRoot, folder))) files.push(...nativesIn(`${folder}/lib`));
    else missing.push(`@img/${name}`);
  }
  return { files: new Set(files), missing };
}

/** onnxruntime-node brings the libraries of all platforms. On macOS one is there under two names; the binding wants the shorter. */
function onnxruntime({ platform, arch }: Target): string[] {
  const bin = 'node_modules/onnxruntime-node/bin';
  const version = readdirSync(path.join(projectRoot, bin)).find((name) => name.startsWith('napi-v'));
  const found = nativesIn(`${bin}/${version ?? 'napi-v'}/${platform}/${arch}`);
  return found.filter((file) => !/\.\d+\.\d+\.\d+\.dylib$/.test(file));
}

/** On Windows libvips lies in sharp's own package. */
const sharpPackages = ({ platform, arch }: Target): string[] => [
  `sharp-${platform}-${arch}`,
  ...(platform === 'win32' ? [] : [`sharp-libvips-${platform}-${arch}`]),
];

function nativesIn(folder: string): string[] {
  const absolute = path.join(projectRoot, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute)
    .filter(isNative)
    .map((name) => `${folder}/${name}`);
}
