import { homedir } from 'node:os';
import path from 'node:path';
import { toErrorValue } from '../../contract/errors.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import type { CallContext } from '../../contract/method.ts';
import type { Handlers } from '../../contract/services.ts';
import { examine } from '../backend/doctor.ts';
import { writeFileAtomic } from '../../platform/files.ts';
import { filesBelow } from '../../platform/folder-size.ts';
import { ensureFolder, logsFolder } from '../../platform/home.ts';
import { readTail } from '../run-folder/log-file.ts';
import { freePlace, stamp } from '../run-folder/naming.ts';
import { listRuns } from '../run-folder/recovery.ts';
import { zipFile } from '../../platform/zip-file.ts';
import { readSettings } from './settings.ts';
import { listStorage } from './storage.ts';

type TextFile = Parameters<typeof zipFile>[0][number];

/** Of the end of a log. */
const LOG_BYTES = 512 * 1024;
const LOG_FILES = 10;
/** The newest, whose recipes and logs come along. */
const RUNS = 10;

const about = `What is in this file, for whoever helps you:

doctor.json     this machine and the program, which backend is used and why
settings.json   your settings, and how much disk each folder takes
runs.json       your runs: names, states, errors, scores
runs/           recipe, state and log of the newest ${RUNS}
logs/           the program's own logs

No image and no weights. Your own folder is written "~"; names of datasets and runs are as you gave them.
`;

/** The user's own folder names the user: it is left out of every text. */
function anonymous(text: string): string {
  const home = homedir();
  // In JSON a backslash is written twice.
  return text.replaceAll(home, '~').replaceAll(JSON.stringify(home).slice(1, -1), '~');
}

const textFile = (name: string, text: string): TextFile => ({ name, bytes: Buffer.from(anonymous(text)) });
const jsonFile = (name: string, value: unknown): TextFile =>
  textFile(name, `${JSON.stringify(value, null, 2)}\n`);

/** What went wrong stands for what could not be found out: a broken machine is what diagnostics are for. */
const orError = <T>(work: Promise<T>, signal: AbortSignal): Promise<T | { error: unknown }> =>
  work.catch((thrown: unknown) => {
    signal.throwIfAborted();
    return { error: toErrorValue(thrown) };
  });

/** Those that there are. */
async function textsOf(files: readonly { name: string; file: string }[]): Promise<TextFile[]> {
  const texts = await Promise.all(files.map(({ file }) => readTail(file, LOG_BYTES).catch(() => null)));
  return files.flatMap(({ name }, i) => {
    const text = texts[i] ?? null;
    return text === null ? [] : [textFile(name, text)];
  });
}

function runFiles(runs: readonly RunSummary[]): { name: string; file: string }[] {
  return runs.slice(0, RUNS).flatMap(({ folder }) =>
    ['run.json', 'recipe.json', 'log.txt'].map((name) => ({
      name: `runs/${path.basename(folder)}/${name}`,
      file: path.join(folder, name),
    })),
  );
}

async function logFiles(): Promise<{ name: string; file: string }[]> {
  const files = (await filesBelow(logsFolder())).sort((a, b) => b.changed - a.changed).slice(0, LOG_FILES);
  return files.map(({ path: file }) => ({
    name: `logs/${path.relative(logsFolder(), file).split(path.sep).join('/')}`,
    file,
  }));
}

/** Findings, storage, runs, texts, the zip. */
const PARTS = 5;

/**
 * Writes distill-diagnostics-<time>.zip into the folder; reports the parts that are gathered. Throws NOT_WRITABLE, DISK_FULL;
 * once the signal is aborted its reason, and nothing is written.
 */
export async function writeDiagnostics(
  { folder }: Parameters<Handlers['system']['diagnostics']>[0],
  { signal, progress }: CallContext,
): Promise<{ file: string }> {
  const now = new Date();
  const silent: CallContext = { signal, progress: () => undefined };
  let parts = 0;
  const gather = async <T>(work: Promise<T>): Promise<T> => {
    progress({ done: parts++, total: PARTS });
    const result = await work;
    signal.throwIfAborted();
    return result;
  };
  const target = await ensureFolder(path.resolve(folder));
  const settings = await readSettings({}, silent);
  const findings = await gather(orError(examine('auto', signal), signal));
  const storage = await gather(orError(listStorage([], silent), signal));
  const runs = await gather(orError(listRuns(settings.runsFolder), signal));
  const files = [...(Array.isArray(runs) ? runFiles(runs) : []), ...(await logFiles())];
  const texts = await gather(textsOf(files));
  const contents = [
    textFile('README.txt', about),
    jsonFile('doctor.json', findings),
    jsonFile('settings.json', { settings, storage }),
    jsonFile('runs.json', runs),
    ...texts,
  ];
  const zip = await gather(zipFile(contents, now));
  const file = await freePlace(path.join(target, `distill-diagnostics-${stamp(now)}.zip`));
  await writeFileAtomic(file, zip);
  progress({ done: PARTS, total: PARTS });
  return { file };
}
