import { spawn } from 'node:child_process';

/** The program that opens an address in the user's browser, with its arguments. */
export function openCommand(
  url: string,
  platform: NodeJS.Platform = process.platform,
): { command: string; args: string[] } {
  if (platform === 'darwin') return { command: 'open', args: [url] };
  // `start` belongs to cmd itself; its first quoted argument is the window's title.
  if (platform === 'win32') return { command: 'cmd', args: ['/d', '/s', '/c', `"start "" "${url}""`] };
  return { command: 'xdg-open', args: [url] };
}

/** Milliseconds within which a program that finds no browser has given up; one that is the browser itself goes on. */
const patience = 2000;

/** Opens an address of ours in the browser; whether a program for it could be started and did not fail. */
export function openBrowser(url: string): Promise<boolean> {
  const { command, args } = openCommand(url);
  return new Promise((resolve) => {
    const child = spawn(command, args, { detached: true, stdio: 'ignore', windowsVerbatimArguments: true });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    child.once('spawn', () => {
      child.unref();
      setTimeout(() => resolve(true), patience).unref();
    });
  });
}
