import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileMatching, NodeModuleCopyHelper, walk, type Matcher } from './builder.ts';
import { normalizedConfig, projectRoot, type BuilderConfig } from './config.ts';

/** What a package is made for, in Node's words. */
export interface Target {
  platform: 'win32' | 'darwin' | 'linux';
  arch: 'x64' | 'arm64';
}

export interface PackedFiles {
  /** Paths relative to the project, with slashes. */
  packed: Set<string>;
  /** Whether a packed file lies beside the archive rather than in it. */
  isUnpacked: (file: string) => boolean;
}

const keys = { win32: 'win', darwin: 'mac', linux: 'linux' } as const;

/** The files that electron-builder would pack for a target, computed by its own matchers. */
export async function packedFiles(given: BuilderConfig, target: Target): Promise<PackedFiles> {
  const config = normalizedConfig(given);
  const options = config[keys[target.platform]] ?? {};
  const expander = (pattern: string): string =>
    pattern.replaceAll('${arch}', target.arch).replaceAll('${/*}', '{,/**/*}');
  const packager = {
    projectDir: projectRoot,
    buildResourcesDir: 'resources/icons',
    config,
    isPrepackedAppAsar: false,
    areNodeModulesHandledExternally: true,
    debugLogger: { isEnabled: false },
    appInfo: { type: 'module' },
    getWorkspaceRoot: () => Promise.resolve(projectRoot),
  };
  const { FileMatcher, getMainFileMatchers, getNodeModuleFileMatcher } = fileMatching;
  const out = path.join(projectRoot, 'release');
  const destination = projectRoot;
  const main = getMainFileMatchers(
    projectRoot,
    destination,
    expander,
    options,
    { info: packager },
    out,
    false,
  );
  const files: string[] = [];
  for (const matcher of main) {
    // As its walker does: only unwanted files named means that all others are wanted.
    if (matcher.isEmpty() || matcher.containsOnlyIgnore()) matcher.prependPattern('**/*');
    files.push(...(await walk(matcher.from, matcher.createFilter())));
  }

  const modules = getNodeModuleFileMatcher(projectRoot, destination, expander, options, packager);
  for (const folder of productionPackages()) {
    const dir = path.join(projectRoot, folder);
    const matcher: Matcher = new FileMatcher(dir, dir, expander, modules.patterns);
    const helper = new NodeModuleCopyHelper(matcher, packager);
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    files.push(...(await helper.collectNodeModules({ name, dir }, excludedEndings(target), folder)));
  }
  const unpack = new FileMatcher(projectRoot, destination, expander, config.asarUnpack ?? []).createFilter();
  return {
    packed: new Set(files.map((file) => path.relative(projectRoot, file).replaceAll(path.sep, '/'))),
    isUnpacked: (file) => unpack(path.join(projectRoot, file), { isDirectory: () => false }),
  };
}

/** electron-builder's rule: other platforms get no libraries of Windows. */
const excludedEndings = ({ platform }: Target): string[] => [
  ...['.o', '.obj', '.pdb'],
  ...fileMatching.excludedExts.split(',').map((ending) => `.${ending}`),
  ...(platform === 'win32' ? [] : ['.dll', '.exe']),
];

/** The folders of what package.json's dependencies bring, as installed, nested ones too. */
export function productionPackages(): string[] {
  const lock = JSON.parse(readFileSync(path.join(projectRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(([folder, { dev, devOptional }]) => folder !== '' && !dev && !devOptional)
    .map(([folder]) => folder)
    .filter((folder) => existsSync(path.join(projectRoot, folder)));
}
