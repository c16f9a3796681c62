import path from 'node:path';
import { Option, type Command } from 'commander';
import { logsFolder } from '../../platform/home.ts';
import { packageRoot } from '../../platform/resources.ts';
import { programVersion } from '../../platform/version.ts';
import { fileLog } from '../../host/log-file.ts';
import { traceText } from '../../rpc/trace.ts';
import { integer } from '../arguments.ts';
import { openBrowser } from '../open-browser.ts';
import type { Session } from '../session.ts';

interface Options {
  port?: number;
  host: string;
  allowHost?: string[];
  open?: boolean;
  root?: string[];
  renderer?: string;
}

const collect = (value: string, earlier: string[] = []): string[] => [...earlier, value];
const loopback = ['127.0.0.1', 'localhost', '::1'];

export function defineServe(program: Command, session: Session): void {
  program
    .command('serve')
    .description('shows the program in an ordinary browser, on this machine or through a tunnel')
    .argument('[file]', 'recipe or dataset to begin with')
    .option('--port <n>', 'port, 0 for any free one (default: 4173 or one of the next)', integer(0, 65_535))
    .option('--host <address>', 'address to listen on; other machines can then connect', '127.0.0.1')
    .option('--allow-host <name>', 'another host name that the server accepts; repeatable', collect)
    .option('--open', 'open the browser')
    .option('--root <folder>', 'folder that may be browsed, instead of yours; repeatable', collect)
    .addOption(new Option('--renderer <folder>', 'built pages in another folder').hideHelp())
    .addHelpText(
      'after',
      '\nFrom another machine: ssh -L 4173:127.0.0.1:4173 machine\n\nExample:\n  $ distill-studio serve --open\n',
    )
    .action((file: string | undefined, options: Options) => serve(file, options, session));
}

async function serve(
  file: string | undefined,
  { port, host, allowHost = [], open, root, renderer }: Options,
  { output, signal, resolve }: Session,
): Promise<void> {
  // Only now: --help must not wait for it.
  const { startServer } = await import('../../server/index.ts');
  const toFile = fileLog(path.join(logsFolder(), 'serve.log'));
  const server = await startServer({
    renderer: renderer === undefined ? path.join(packageRoot(), 'dist', 'renderer') : resolve(renderer),
    version: programVersion(),
    host,
    port: port ?? null,
    allowedHosts: allowHost,
    roots: root?.map(resolve) ?? null,
    log(message, thrown) {
      toFile(message, thrown);
      output.trace(traceText(message, thrown));
    },
  });
  try {
    if (!loopback.includes(host))
      output.note(
        `Warning: others can reach ${host}, and what is sent is not encrypted; "ssh -L" to 127.0.0.1 is safer.`,
      );
    const url = file === undefined ? server.url : openedAt(server.url, resolve(file));
    output.result('serve', { url, host, port: server.port }, url);
    output.note(
      'Anyone who has this address can use the program. Ctrl-C ends it; a run in progress is saved.',
    );
    if (open && !(await openBrowser(url))) output.note('No browser could be opened: open the address above.');
    await aborted(signal);
    output.note('Stopping: work in progress is saved first.');
  } finally {
    await server.close();
  }
}

/** The wizard's address with a recipe or dataset in it. */
function openedAt(url: string, file: string): string {
  const wizard = new URL('/new', url);
  wizard.searchParams.set('open', file);
  wizard.searchParams.set('token', new URL(url).searchParams.get('token') ?? '');
  return wizard.href;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
