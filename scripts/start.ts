/** Opens the desktop app where Electron's binary is or can be fetched; else the browser host. Arguments go to whichever it is. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { electronBinary, fetchElectron } from './electron-binary.ts';

const root = path.join(import.meta.dirname, '..');
const built = ['dist/electron/main/index.js', 'dist/electron/preload/index.cjs', 'dist/renderer/index.html'];

/** Without a display Linux has no windows to open. */
const canShow =
  process.platform !== 'linux' ||
  Boolean(process.env['DISPLAY'] ?? '') ||
  Boolean(process.env['WAYLAND_DISPLAY'] ?? '');

function start(): ChildProcess {
  const args = process.argv.slice(2);
  const missing = built.find((file) => !existsSync(path.join(root, file)));
  if (missing !== undefined) {
    console.error(`${missing} is not there: run npm run build first.`);
    process.exit(1);
  }
  const binary = canShow ? (electronBinary() ?? fetchElectron()) : null;
  if (binary !== null) return spawn(binary, [path.join(root, built[0]!), ...args], { stdio: 'inherit' });
  const why = canShow ? "Without Electron's binary" : 'Without a display';
  console.error(`${why} Distill Studio opens in the browser instead of a window of its own.`);
  const cli = path.join(root, 'dist/electron/cli/main.js');
  return spawn(process.execPath, [cli, 'serve', '--open', ...args], { stdio: 'inherit' });
}

const child = start();
// Ctrl-C reaches the child by itself; this process must live until the child has ended in order.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (signal === 'SIGTERM') child.kill(signal);
  });
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
