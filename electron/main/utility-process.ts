import { createInterface } from 'node:readline';
import type { MessagePortMain, UtilityProcess } from 'electron';

/** What of a utility process is used. */
export type UtilityChild = Pick<
  UtilityProcess,
  'pid' | 'kill' | 'postMessage' | 'on' | 'once' | 'stdout' | 'stderr'
>;

/** What of Electron's objects is used. */
export interface UtilityElectron {
  fork: (
    module: string,
    args: string[],
    options: { env: NodeJS.ProcessEnv; serviceName: string; stdio: 'pipe' },
  ) => UtilityChild;
  createChannel: () => { port1: MessagePortMain; port2: MessagePortMain };
}

interface UtilityOptions {
  /** In the log, before what it prints: 'engine'. */
  name: string;
  args?: string[];
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
}

export interface StartedUtility {
  child: UtilityChild;
  onExit: (listener: (code: number, reason: string) => void) => void;
  /** Ends it at once (SIGKILL). */
  kill: () => void;
}

/**
 * Starts a module in a utility process, without the settings that a Node process gets: Chromium's allocator and a heap that is there
 * already read neither environment nor arguments (docs/packaging.md). What it writes on its outputs goes to the log, line by line.
 */
export function forkUtility(
  fork: UtilityElectron['fork'],
  module: string,
  { name, args = [], env, log }: UtilityOptions,
): StartedUtility {
  const child = fork(module, args, { env, serviceName: `Distill Studio ${name}`, stdio: 'pipe' });
  for (const input of [child.stdout, child.stderr])
    if (input) createInterface({ input }).on('line', (line) => log(`${name}: ${line}`));
  let fatal: string | null = null;
  // V8 cannot go on, for want of memory as a rule; the exit that follows gives no reason.
  child.on('error', (type, location) => {
    fatal = `${type} of V8 in ${location}`;
  });
  return {
    child,
    onExit: (listener) =>
      void child.once('exit', (code) =>
        listener(code, fatal === null ? `exit code ${code}` : `${fatal}, exit code ${code}`),
      ),
    kill() {
      const { pid } = child;
      // UtilityProcess.kill asks politely, which a hung process does not hear.
      if (pid === undefined) child.kill();
      else process.kill(pid, 'SIGKILL');
    },
  };
}
