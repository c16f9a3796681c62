import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);
const errorOf = z.object({ error: z.object({ code: z.string().nullable(), summary: z.string() }) });

/** npm's codes where the registry cannot be reached; ENOTCACHED: npm was asked to do without. */
const unreachable = new Set([
  ...['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH'],
  ...['ERR_SOCKET_TIMEOUT', 'ENOTCACHED'],
]);

/** The environment without the switch that keeps onnxruntime-node's script from downloading: a user has not set it. */
const strangersEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/onnxruntime.node.install/i.test(name)));

/** Runs npm with errors as JSON; what it failed with, or null. */
async function npm(folder: string, ...args: string[]): Promise<{ code: string; message: string } | null> {
  // Quick to give up, for machines without a network.
  const retries = ['--fetch-retry-mintimeout=500', '--fetch-retry-maxtimeout=1000'];
  try {
    const isWindows = process.platform === 'win32';
    // On Windows npm is a script of the shell's.
    await run('npm', [...args, ...retries, '--json'], {
      cwd: folder,
      env: strangersEnvironment(),
      shell: isWindows,
    });
    return null;
  } catch (error) {
    const { stdout, message } = error as Error & { stdout?: string };
    const said = stdout?.trim().startsWith('{') === true ? errorOf.safeParse(JSON.parse(stdout)) : null;
    if (said?.success !== true) return { code: '', message };
    return { code: said.data.error.code ?? '', message: `${said.data.error.summary}\n${message}` };
  }
}

/**
 * Installs what a folder's package.json names, from npm's cache or registry.
 * Returns null, or why it cannot be done on this machine: neither of the two has it. Throws where it fails for another reason.
 */
export async function npmInstall(folder: string): Promise<string | null> {
  const failure = await npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund');
  if (failure === null) return null;
  if (unreachable.has(failure.code)) {
    const ping = await npm(folder, 'ping');
    if (ping !== null && unreachable.has(ping.code)) return `npm has neither network nor cache: ${ping.code}`;
  }
  throw new Error(`npm install failed in ${folder}: ${failure.message}`);
}

/**
 * Installs what a folder's requirements.txt names in a virtual environment in it.
 * Returns its Python, or why it cannot be done on this machine. Throws where it fails for another reason.
 */
export async function pipInstall(folder: string): Promise<{ python: string } | { missing: string }> {
  const base = process.env['PYTHON'] ?? 'python3';
  const environment = path.join(folder, '.venv');
  const inside = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  const python = path.join(environment, ...inside);
  try {
    // The environment's own pip would take longer to unpack than everything else; this one installs into it.
    await run(base, ['-m', 'venv', '--without-pip', environment]);
    await run(base, ['-m', 'pip', '--python', python, '--version']);
  } catch (error) {
    return { missing: `${base} has no venv or no pip of 22.3 or later: ${(error as Error).message}` };
  }
  try {
    const quick = ['--no-compile', '--retries', '0', '--disable-pip-version-check'];
    const args = ['-m', 'pip', '--python', python, 'install', ...quick, '-r', 'requirements.txt'];
    await run(base, args, { cwd: folder });
    return { python };
  } catch (error) {
    const { message } = error as Error;
    // What pip says where it sees no wheel of a package at all, be it for want of a network; unfit versions would be listed.
    if (message.includes('(from versions: none)')) return { missing: 'pip finds no wheels for this machine' };
    throw error;
  }
}
