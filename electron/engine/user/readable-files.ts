import path from 'node:path';
import type { CallContext } from '../../contract/method.ts';
import { readSettings } from './settings.ts';

/** What hosts may hand to a window by URL. */
export class ReadableFiles {
  /** Wherever a person asked for them to be written. */
  readonly #written = new Set<string>();

  /** Makes files readable that were written just now; gives back what was given. */
  noted<Written extends { file: string } | { files: string[] }>(written: Written): Written {
    const files = 'file' in written ? [written.file] : written.files;
    for (const file of files) this.#written.add(path.resolve(file));
    return written;
  }

  /** The settings' folders, then single files elsewhere. */
  async list(context: CallContext): Promise<{ paths: string[] }> {
    const { runsFolder, dataFolder } = await readSettings({}, context);
    return { paths: [runsFolder, dataFolder, ...this.#written] };
  }
}
