import { homedir } from 'node:os';
import path from 'node:path';
import { makeFolders } from './files.ts';

/**
 * The folder of the user's settings, drafts and logs, one for all hosts: DISTILL_HOME, else .distill-studio in the user's
 * own folder. It need not exist.
 */
export function homeFolder(env: NodeJS.ProcessEnv = process.env, home: string = homedir()): string {
  const given = env['DISTILL_HOME'];
  return given ? path.resolve(given) : path.join(home, '.distill-studio');
}

/** A place in the home folder. It need not exist. */
export const homePath = (...parts: string[]): string => path.join(homeFolder(), ...parts);

/** The log files of the hosts. */
export const logsFolder = (): string => homePath('logs');

/** Wizard's recipes in the making. */
export const draftsFolder = (): string => homePath('drafts');

/** Published weights, one folder for all runs. */
export const weightsFolder = (): string => homePath('weights');

/** Makes a folder where it is missing, and gives it back. Throws NOT_WRITABLE, DISK_FULL, INVALID_INPUT (a file is in the way). */
export async function ensureFolder(folder: string): Promise<string> {
  await makeFolders(folder);
  return folder;
}
