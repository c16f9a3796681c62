import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The folder for what belongs to the user and outlives runs and updates of the program: DISTILL_DATA_DIR, else the
 * system's place for an application's data. It need not exist.
 */
export function userFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const given = env['DISTILL_DATA_DIR'];
  if (given) return path.resolve(given);
  if (platform === 'win32') {
    return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'Distill Studio');
  }
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Distill Studio');
  const data = env['XDG_DATA_HOME'];
  // The XDG specification: a relative path is invalid and to be ignored.
  const base = data && path.isAbsolute(data) ? data : path.join(home, '.local', 'share');
  return path.join(base, 'distill-studio');
}
