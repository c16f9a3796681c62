/** Opens the desktop app where Electron's binary is, or can be fetched, and runs; else the browser host. Arguments go to whichever it is. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { electronBinary, fetchElectron } from './electron-binary.ts';

const root = path.join(import.meta.dirname, '..');
const built = ['dist/electron/main/index.js', 'dist/electron/preload/index.cjs', 'dist/renderer/index.html'];
/** Milliseconds: a desktop app that fails within them could not start (a library is missing, root without a sandbox). */
const startingMs = 5000;

/** Without a display Linux has no windows to open. */
const canShow =
  process.platform !== 'linux' ||
  Boolean(process.env['DISPLAY'] ?? '') ||
  Boolean(process.env['WAYLAND_DISPLAY'] ?? '');

let child: ChildProcess | null = null;
let isEnding = false;
// Ctrl-C reaches the child by itself; this process must live until the child has ended in order.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    isEnding = true;
    if (signal === 'SIGTERM') child?.kill(signal);
  });

interface End {
  code: number | null;
  /** Of a program that was not even started. */
  error: Error | null;
  signal: NodeJS.Signals | null;
  ms: number;
}

function run(program: string, args: readonly string[]): Promise<End> {
  const start = performance.now();
  // Where the command was typed: npm itself runs scripts in the package's folder.
  const cwd = process.env['INIT_CWD'] ?? process.cwd();
  return new Promise((resolve) => {
    const end = (rest: Omit<End, 'ms'>): void => resolve({ ...rest, ms: performance.now() - start });
    try {
      child = spawn(program, args, { stdio: 'inherit', cwd });
    } catch (thrown) {
      end({ code: null, signal: null, error: thrown as Error });
      return;
    }
    child.on('error', (error) => end({ code: null, signal: null, error }));
    child.on('exit', (code, signal) => end({ code, signal, error: null }));
  });
}

/** Why the desktop app did not start; null where it did, however it ended. */
function failure({ code, signal, error, ms }: End): string | null {
  if (error) return error.message;
  if (code === 0 || ms > startingMs || isEnding) return null;
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

async function start(): Promise<number> {
  const args = process.argv.slice(2);
  const missing = built.find((file) => !existsSync(path.join(root, file)));
  if (missing !== undefined) {
    console.error(`${missing} is not there: run npm run build first.`);
    return 1;
  }
  const binary = canShow ? (electronBinary() ?? fetchElectron()) : null;
  let why = canShow ? "Without Electron's binary" : 'Without a display';
  if (binary !== null) {
    const ended = await run(binary, [path.join(root, built[0]!), ...args]);
    const fault = failure(ended);
    if (fault === null) return ended.code ?? 1;
    why = `Electron does not run here (${fault}):`;
  }
  console.error(`${why} Distill Studio opens in the browser instead of a window of its own.`);
  const cli = path.join(root, 'dist/electron/cli/main.js');
  const ended = await run(process.execPath, [cli, 'serve', '--open', ...args]);
  if (ended.error) console.error(ended.error.message);
  return ended.code ?? 1;
}

process.exitCode = await start();
