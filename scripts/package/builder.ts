import { builderModule, type BuilderConfig } from './config.ts';

/** electron-builder's own file matching. */

type Filter = (file: string, stats: { isDirectory(): boolean }) => boolean;

export interface Matcher {
  readonly from: string;
  readonly patterns: string[];
  isEmpty(): boolean;
  containsOnlyIgnore(): boolean;
  prependPattern(pattern: string): void;
  createFilter(): Filter;
}

interface Packager {
  projectDir: string;
  buildResourcesDir: string;
  config: BuilderConfig;
  isPrepackedAppAsar: boolean;
  areNodeModulesHandledExternally: boolean;
  debugLogger: { isEnabled: boolean };
  appInfo: { type: string };
  getWorkspaceRoot(): Promise<string>;
}

type Expander = (pattern: string) => string;

interface FileMatcherModule {
  excludedExts: string;
  FileMatcher: new (from: string, to: string, expander: Expander, patterns: string[]) => Matcher;
  getMainFileMatchers: (
    appDir: string,
    destination: string,
    expander: Expander,
    platformOptions: object,
    platformPackager: { info: Packager },
    outDir: string,
    isElectronCompile: boolean,
  ) => Matcher[];
  getNodeModuleFileMatcher: (
    appDir: string,
    destination: string,
    expander: Expander,
    platformOptions: object,
    packager: Packager,
  ) => Matcher;
}

interface CopyHelperModule {
  NodeModuleCopyHelper: new (
    matcher: Matcher,
    packager: Packager,
  ) => {
    collectNodeModules(
      module: { name: string; dir: string },
      excludedExtensions: string[],
      destination: string,
    ): Promise<string[]>;
  };
}

interface UtilModule {
  walk: (folder: string, filter: Filter) => Promise<string[]>;
}

export const fileMatching = builderModule('./out/fileMatcher.js') as FileMatcherModule;
export const { NodeModuleCopyHelper } = builderModule(
  './out/util/NodeModuleCopyHelper.js',
) as CopyHelperModule;
export const { walk } = builderModule('builder-util') as UtilModule;
