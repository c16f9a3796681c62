import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { recipeEndings } from '../../../electron/contract/recipe-file.ts';
import { checkPackage } from '../../../scripts/package/check.ts';
import { builderModule, readConfig, type BuilderConfig } from '../../../scripts/package/config.ts';
import { loadedFiles } from '../../../scripts/package/loaded-files.ts';
import type { Target } from '../../../scripts/package/packed-files.ts';

const isBuilt = [
  'electron/main/index.js',
  'electron/preload/index.cjs',
  'renderer/index.html',
  'web-runtime/ort.wasm.min.mjs',
].every((file) => existsSync(path.resolve('dist', file)));
const linux: Target = { platform: 'linux', arch: 'x64' };
const mac: Target = { platform: 'darwin', arch: 'arm64' };
const windows: Target = { platform: 'win32', arch: 'x64' };

describe.skipIf(!isBuilt)(
  `the list of packed files${isBuilt ? '' : ' (skipped: npm run build first)'}`,
  () => {
    let config: BuilderConfig;
    let loaded: ReadonlySet<string>;
    beforeAll(async () => {
      [config, loaded] = await Promise.all([readConfig(), loadedFiles()]);
    }, 120_000);

    const faults = async (change: (config: BuilderConfig) => void, target = linux) => {
      const doctored = structuredClone(config);
      change(doctored);
      return (await checkPackage(doctored, target, loaded)).faults;
    };
    const without = (list: string[] | undefined, part: string): string[] => {
      const rest = (list ?? []).filter((pattern) => !pattern.includes(part));
      expect(rest.length).toBeLessThan(list!.length);
      return rest;
    };

    it('is found by a walk that knows threads, lazily loaded and required modules', () => {
      for (const file of [
        'dist/electron/main/index.js',
        'dist/electron/engine/index.js',
        'dist/electron/engine/data/decode-worker.js',
        'dist/electron/engine/data/augment-worker.js',
        'node_modules/sharp/package.json',
        'node_modules/onnxruntime-node/dist/binding.js',
        'node_modules/onnxruntime-common/dist/cjs/index.js',
      ])
        expect(loaded).toContain(file);
    });

    it.each([linux, mac, windows])('is whole, and nothing foreign is in it: $platform', async (target) => {
      expect(await faults(() => undefined, target)).toEqual([]);
    });

    it.each([
      ['dist/electron', 'dist/electron/host/engine-process.js is loaded, but not packed.'],
      ['dist/renderer', 'dist/renderer/index.html is loaded, but not packed.'],
      ['dist/web-runtime', 'dist/web-runtime/ort.wasm.min.mjs is loaded, but not packed.'],
      ['resources/', 'resources/recipes/sample.json is loaded, but not packed.'],
    ])('fails without the pattern %s', async (pattern, fault) => {
      expect(await faults((each) => (each.files = without(each.files, pattern)))).toContain(fault);
    });

    it.each<[string, Target, string]>([
      ['linux', linux, 'node_modules/onnxruntime-node/bin/napi-v6/darwin/arm64/libonnxruntime.1.dylib'],
      ['mac', mac, 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1'],
      ['win', windows, 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1'],
    ])("fails where other platforms' libraries are let in: %s", async (key, target, library) => {
      const found = await faults((each) => {
        const options = each[key] as { files: string[] };
        options.files = without(options.files, 'onnxruntime-node/bin');
      }, target);
      expect(found).toContain(`${library} is packed, but not this platform's.`);
    });

    it('fails where a module that is loaded is thrown out', async () => {
      const found = await faults((each) => each.files!.push('!node_modules/zod{,/**/*}'));
      expect(found).toContain('node_modules/zod/package.json is loaded, but not packed.');
    });

    it('fails where tests and sources get in', async () => {
      const found = await faults((each) => each.files!.push('test/unit/main/*', 'electron/main/*'));
      expect(found).toContain('test/unit/main/menu.test.ts is a test, and packed.');
      expect(found).toContain('electron/main/menu.ts is a source, and packed.');
    });

    it('fails where a platform names unwanted files only, which electron-builder takes for "all others"', async () => {
      const found = await faults((each) => {
        each.linux!.files = without(each.linux!.files, 'package.json');
      });
      expect(found).toContain('electron/main/menu.ts is a source, and packed.');
    });

    it('fails where a native library stays inside the archive', async () => {
      const found = await faults((each) => (each.asarUnpack = without(each.asarUnpack, '@img')), {
        platform: process.platform === 'darwin' ? 'darwin' : 'linux',
        arch: process.arch === 'arm64' ? 'arm64' : 'x64',
      });
      expect(found.some((fault) => fault.includes('libvips') && fault.includes('inside the archive'))).toBe(
        true,
      );
    });
  },
  120_000,
);

describe('what electron-builder writes for Linux', () => {
  it('is a pattern for each ending of a recipe, and which windows are ours', async () => {
    const config = await readConfig();
    const { LinuxTargetHelper } = builderModule('./out/targets/LinuxTargetHelper.js') as {
      LinuxTargetHelper: new (packager: object) => {
        readonly mimeTypeFiles: Promise<string>;
        computeDesktopEntry(options: object): Promise<string>;
      };
    };
    const linux = config.linux as { fileAssociations: object[] };
    const folder = mkdtempSync(path.join(tmpdir(), 'mime-'));
    const helper = new LinuxTargetHelper({
      fileAssociations: [...(config['fileAssociations'] as object[]), ...linux.fileAssociations],
      getTempFile: (ending: string) => Promise.resolve(path.join(folder, `types${ending}`)),
      appInfo: { productName: 'Distill Studio', sanitizedProductName: 'distill-studio', description: '' },
      executableName: 'distill-studio',
      info: { metadata: config['extraMetadata'] },
      config,
      platformSpecificBuildOptions: linux,
    });
    const patterns = readFileSync(await helper.mimeTypeFiles, 'utf8').matchAll(/pattern="([^"]*)"/g);
    expect([...patterns].map(([, pattern]) => pattern)).toEqual(recipeEndings.map((ending) => `*${ending}`));
    const entry = await helper.computeDesktopEntry(linux);
    expect(entry).toContain('StartupWMClass=distill-studio\n');
    expect(entry).toContain('application/vnd.distill-studio.recipe+json;');
    rmSync(folder, { recursive: true });
  });
});
