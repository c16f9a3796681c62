import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserWindowConstructorOptions } from 'electron';
import { DistillError, toErrorValue } from '../contract/errors.ts';
import { confined } from '../host/confine.ts';
import type { FileRoots } from '../host/roots.ts';
import { appOrigin } from './origin.ts';
import { closedPreferences } from './windows.ts';

/** What of a BrowserWindow is used to print. */
export interface PrintWindow {
  loadURL(url: string): Promise<void>;
  destroy(): void;
  readonly webContents: {
    printToPDF(options: { pageSize: 'A4'; printBackground: boolean }): Promise<Uint8Array>;
  };
}

/** Of a window that nobody sees, without scripts. */
export const printWindowOptions: BrowserWindowConstructorOptions = {
  show: false,
  webPreferences: { ...closedPreferences, javascript: false },
};

export interface ReportsOptions {
  /** What the window may read; a report lies there or is none. */
  roots: FileRoots;
  /** Opens a file with the system's program for it; gives what went wrong, or ''. */
  openPath: (file: string) => Promise<string>;
  /** Of `printWindowOptions`. */
  createPrintWindow: () => PrintWindow;
}

/** Reports (HTML) of the program, shown in the system's browser or printed. Other files are refused: opening a program would start it. */
export class Reports {
  readonly #options: ReportsOptions;

  constructor(options: ReportsOptions) {
    this.#options = options;
  }

  /** Throws NOT_FOUND, NOT_WRITABLE for a file elsewhere, INVALID_INPUT for one that is no report. */
  async open(given: string): Promise<void> {
    const fault = await this.#options.openPath(await this.#report(given));
    if (fault !== '')
      throw new DistillError(
        'INTERNAL',
        `The report could not be opened (${fault}).`,
        'Open it in a browser yourself: "Show in folder" leads to it.',
      );
  }

  /** Prints to a PDF of the same name beside the report; gives its path. Throws as `open`, and NOT_WRITABLE and DISK_FULL. */
  async print(given: string): Promise<string> {
    const report = await this.#report(given);
    const window = this.#options.createPrintWindow();
    try {
      // As any window reads it: under its own policy, without scripts and network.
      await window.loadURL(`${appOrigin}/api/file?${new URLSearchParams({ path: report }).toString()}`);
      const bytes = await window.webContents.printToPDF({ pageSize: 'A4', printBackground: true });
      return await written(report.replace(/\.html$/i, '.pdf'), bytes);
    } finally {
      window.destroy();
    }
  }

  async #report(given: string): Promise<string> {
    const file = await confined(given, await this.#options.roots({ fresh: true }));
    if (path.extname(file).toLowerCase() === '.html') return file;
    throw new DistillError('INVALID_INPUT', `"${given}" is not a report.`, 'Name a report in HTML.');
  }
}

/** Whole or not at all. */
async function written(file: string, bytes: Uint8Array): Promise<string> {
  const partial = `${file}.${process.pid}.part`;
  try {
    await writeFile(partial, bytes);
    await rename(partial, file);
    return file;
  } catch (thrown) {
    await rm(partial, { force: true }).catch(() => undefined);
    const { code, message, hint } = toErrorValue(thrown);
    throw new DistillError(code, `"${file}" could not be written (${message}).`, hint, { cause: thrown });
  }
}
