import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Ask, Question } from './confirm.ts';

/** The second answer installs it with the next start. */
const restartQuestion: Question = {
  message: 'An update is ready.',
  detail: 'It is installed the next time the program starts.',
  yes: 'Restart now',
  no: 'Later',
};

/** Milliseconds between two looks. */
const everyDay = 24 * 60 * 60 * 1000;

/** Electron's autoUpdater, or electron-updater's, which has the same names. */
export interface Updater {
  setFeedURL(options: { url: string }): void;
  checkForUpdates(): unknown;
  quitAndInstall(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'update-downloaded', listener: () => void): unknown;
}

export interface UpdatesOptions {
  /** Where updates are published; null: none are looked for. */
  feed: string | null;
  /** null: this platform's packages do not update themselves. */
  updater: Updater | null;
  ask: Ask;
  /** The quit guard's: false where a run is to go on. */
  settle: () => Promise<boolean>;
  log: (message: string, thrown?: unknown) => void;
}

/**
 * Looks for updates where a feed is configured (docs/packaging.md); off otherwise. An update is never installed while a run is at work
 * without having been asked.
 */
export function setupUpdates({ feed, updater, ask, settle, log }: UpdatesOptions): void {
  if (feed === null) return;
  if (!URL.canParse(feed) || new URL(feed).protocol !== 'https:') {
    log(`Updates are off: the feed ${feed} is not an https address.`);
    return;
  }
  if (updater === null) {
    log('Updates are off: packages for this platform do not update themselves.');
    return;
  }
  const failed = (thrown: unknown): void => log('Looking for updates failed', thrown);
  // First of all: an error without a listener would be thrown, and Squirrel emits some from setFeedURL on.
  updater.on('error', failed);
  updater.on('update-downloaded', () => {
    ask(restartQuestion)
      .then(async (isWanted) => {
        if (isWanted && (await settle())) updater.quitAndInstall();
      })
      .catch((thrown: unknown) => log('The update could not be installed', thrown));
  });
  async function look(): Promise<void> {
    try {
      await updater?.checkForUpdates();
    } catch (thrown) {
      failed(thrown);
    }
  }
  try {
    updater.setFeedURL({ url: feed });
  } catch (thrown) {
    // An unsigned program on macOS.
    failed(thrown);
    return;
  }
  void look();
  setInterval(() => void look(), everyDay).unref();
}

/** Where updates are offered: by the environment, else by package.json; null: nowhere. */
export function updateFeed(root: string): string | null {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    updateFeed?: string | null;
  };
  return process.env['DISTILL_UPDATE_FEED'] ?? manifest.updateFeed ?? null;
}
