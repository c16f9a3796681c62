import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

export const projectRoot = path.join(import.meta.dirname, '../..');

/** The fields of electron-builder.yml that decide which files are packed. */
export interface BuilderConfig {
  files?: string[];
  asarUnpack?: string[];
  win?: { files?: string[] };
  mac?: { files?: string[] };
  linux?: { files?: string[] };
  electronFuses?: Record<string, boolean>;
  [field: string]: unknown;
}

/**
 * A module of electron-builder's library, so that our check cannot differ from what is packed. They are internal there: where an
 * update moves one, the check fails at once, here.
 */
export function builderModule(name: string): unknown {
  const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'));
  return createRequire(builder.resolve('app-builder-lib/package.json'))(name);
}

/** electron-builder.yml. */
export async function readConfig(): Promise<BuilderConfig> {
  const yaml = builderModule('js-yaml') as { load: (text: string) => unknown };
  return yaml.load(await readFile(path.join(projectRoot, 'electron-builder.yml'), 'utf8')) as BuilderConfig;
}

const configModule = './out/util/config/config.js';

/** Throws where electron-builder would refuse the configuration. */
export async function validateConfig(config: BuilderConfig): Promise<void> {
  const { validateConfiguration } = builderModule(configModule) as {
    validateConfiguration: (config: BuilderConfig, debugLogger: object) => Promise<void>;
  };
  const { DebugLogger } = builderModule('builder-util') as {
    DebugLogger: new (isEnabled: boolean) => object;
  };
  await validateConfiguration(config, new DebugLogger(false));
}

/** The configuration with its lists of files as the matchers get them: sets, whose patterns do not mix with a platform's own. */
export function normalizedConfig(config: BuilderConfig): BuilderConfig {
  const { doMergeConfigs } = builderModule(configModule) as {
    doMergeConfigs: (configs: BuilderConfig[]) => BuilderConfig;
  };
  return doMergeConfigs([structuredClone(config)]);
}
