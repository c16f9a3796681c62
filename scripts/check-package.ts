/** Whether electron-builder.yml packs every file that the program loads, for every platform; needs the build, not Electron's binary. */
import { readConfig, validateConfig } from './package/config.ts';
import { checkPackage, targets } from './package/check.ts';
import { loadedFiles } from './package/loaded-files.ts';

const config = await readConfig();
await validateConfig(config);
const loaded = await loadedFiles();
for (const target of targets) {
  const { count, faults, notInstalled } = await checkPackage(config, target, loaded);
  const title = `${target.platform}-${target.arch}`;
  const left = notInstalled.length > 0 ? ` (not installed here: ${notInstalled.join(', ')})` : '';
  console.log(
    faults.length > 0
      ? `${title}: ${faults.length} faults`
      : `${title}: ${count} files, all ${loaded.size} that are loaded among them${left}`,
  );
  for (const fault of faults.slice(0, 30)) console.log(`  ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}
