import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test as base, type Page } from '@playwright/test';
import { WebSocket } from 'ws';
import { connect, type Connection } from '../../../electron/rpc/connect.ts';
import { webSocketTransport } from '../../../electron/rpc/web-socket.ts';
import { distill, gtsrbMini, rendererFolder, root } from './paths.ts';
import { completedRun, completedSweep, sharedRuns, sharedSweeps } from './shared.ts';

/** `distill-studio serve` with a home of its own. */
export interface Studio {
  /** Without a path: http://127.0.0.1:4173 */
  origin: string;
  token: string;
  /** The server's process; the engine is a child of it. */
  process: ChildProcess;
  /** Settings, runs and data of this server lie in it. */
  home: string;
  /** Where its runs are. */
  runs: string;
  /** The same engine as the page's, asked by the test itself. */
  engine: Connection;
}

/** Their priority is the product's where speed beside a training is measured. */
const niceness = process.env['DISTILL_LOAD'] === undefined ? { DISTILL_NICE: '0' } : {};

/**
 * Starts a server on a free port; resolves when it has printed its URL. Its workers do not wait for other test files at work, unless
 * DISTILL_NICE asks for it. `home`: an empty folder; null: one that is removed at the end.
 */
export async function startStudio({
  home = null,
  env = {},
}: { home?: string | null; env?: Record<string, string> } = {}): Promise<Studio> {
  const place = home ?? mkdtempSync(path.join(tmpdir(), 'distill-e2e-'));
  const roots = [tmpdir(), root, path.dirname(gtsrbMini), ...(home === null ? [] : [home])];
  const child = spawn(
    process.execPath,
    [
      ...[distill, 'serve', '--port', '0', '--json', '--renderer', rendererFolder],
      ...roots.flatMap((folder) => ['--root', folder]),
    ],
    {
      cwd: place,
      env: { ...niceness, ...process.env, DISTILL_HOME: place, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const { origin, token } = await address(child);
  const engine = connectEngine({ origin, token });
  return { origin, token, process: child, home: place, runs: path.join(place, 'runs'), engine };
}

/** A client of the studio's engine of now; it ends with that engine. */
export function connectEngine({ origin, token }: Pick<Studio, 'origin' | 'token'>): Connection {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/engine`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return connect(webSocketTransport(socket));
}

async function address(child: ChildProcess): Promise<{ origin: string; token: string }> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const { type, value } = JSON.parse(line) as { type: string; value?: { url: string } };
    if (type !== 'result' || !value) continue;
    const url = new URL(value.url);
    return { origin: url.origin, token: url.searchParams.get('token')! };
  }
  throw new Error(
    `distill-studio serve ended with ${child.exitCode ?? child.signalCode} before it printed its URL.`,
  );
}

export async function stopStudio({ process: child, home, engine }: Studio): Promise<void> {
  engine.close();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode === null) {
    child.kill('SIGINT');
    await ended;
  }
  rmSync(home, { recursive: true, force: true });
}

/** A page's query; a list gives a name several values. */
type Query = Record<string, string | readonly string[]>;

/** The address of one of the studio's pages, with the token that lets a new browser in. */
export function pageUrl({ origin, token }: Studio, route: string, query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value]),
  );
  return `${origin}${route}?${new URLSearchParams([...pairs, ['token', token]])}`;
}

/** Shows one of the studio's pages and waits until the engine answers. */
export async function open(page: Page, studio: Studio, route: string, query: Query = {}): Promise<void> {
  await page.goto(pageUrl(studio, route, query));
  await expect(page.getByTestId('engine-state')).toHaveAttribute('data-state', 'up', { timeout: 30_000 });
}

/** The studio with the completed runs and the completed sweep. */
export interface SharedStudio extends Studio {
  /** The first one's folder. */
  run: string;
  /** The folder of the one that was made with the first one's teacher. */
  again: string;
  /** The folder of the completed sweep. */
  sweep: string;
}

export const test = base.extend<object, { studio: SharedStudio }>({
  /** One for all test files of a worker: what a test adds to it, it removes. */
  studio: [
    async ({}, use) => {
      const studio = await startStudio();
      for (const shared of [sharedRuns(), sharedSweeps()]) cpSync(shared, studio.runs, { recursive: true });
      await use({
        ...studio,
        run: completedRun(studio.runs),
        again: completedRun(studio.runs, 'again'),
        sweep: completedSweep(studio.runs),
      });
      await stopStudio(studio);
    },
    { scope: 'worker' },
  ],
});

export { expect };
