import { rename, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { DistillError } from '../../contract/errors.ts';
import type { Settings } from '../../contract/settings.ts';
import { runtimeSchema } from '../../contract/runtime.ts';
import type { Handlers } from '../../contract/services.ts';
import { fileError, readJson, writeJsonAtomic } from '../../platform/files.ts';
import { withFormerName } from '../../platform/former-name.ts';
import { ensureFolder, homeFolder, homePath } from '../../platform/home.ts';

const settingsFile = (): string => homePath('settings.json');

/** Of each kind. */
const RECENT = 12;

const recentSchema = z.object({
  kind: z.enum(['dataset', 'recipe']),
  path: z.string().min(1),
  time: z.iso.datetime(),
});

/** settings.json: only what the user chose, so that the rest follows the defaults of the day. */
const storedFields = z.object({
  runsFolder: z.string().min(1).exactOptional(),
  dataFolder: z.string().min(1).exactOptional(),
  logitsFolder: z.string().min(1).exactOptional(),
  theme: z.enum(['system', 'light', 'dark']).exactOptional(),
  runtime: runtimeSchema.exactOptional(),
  recent: z.array(recentSchema).exactOptional(),
});
const storedSchema = withFormerName(storedFields, 'answersFolder', 'logitsFolder');
type Stored = z.output<typeof storedSchema>;

function defaults(): Settings {
  // Where the home folder was moved, nothing may be written outside of it.
  const visible = process.env['DISTILL_HOME'] ? homeFolder() : path.join(homedir(), 'Distill Studio');
  return {
    runsFolder: path.join(visible, 'runs'),
    dataFolder: path.join(visible, 'data'),
    logitsFolder: homePath('answers'),
    theme: 'system',
    runtime: runtimeSchema.parse({}),
    recent: [],
  };
}

/** A damaged file is set aside, so that what can be saved of it is not overwritten. */
async function readStored(): Promise<Stored> {
  const file = settingsFile();
  try {
    const parsed = storedSchema.safeParse(await readJson(file));
    if (parsed.success) return parsed.data;
  } catch (thrown) {
    const code = thrown instanceof DistillError ? thrown.code : null;
    if (code === 'NOT_FOUND') return {};
    if (code !== 'RUN_CORRUPT') throw thrown;
  }
  const time = new Date().toISOString().replaceAll(/[:.]/g, '-');
  await rename(file, homePath(`settings.damaged-${time}.json`)).catch(() => undefined);
  return {};
}

/** Throws NOT_WRITABLE, DISK_FULL or INVALID_INPUT where nothing can be written into the folder, which is made where missing. */
async function usable(folder: string): Promise<string> {
  const absolute = await ensureFolder(path.resolve(folder));
  // Only writing shows it: a read-only mount and Windows' access lists grant more than they keep.
  const probe = path.join(absolute, `.distill-${randomUUID().slice(0, 8)}`);
  try {
    await writeFile(probe, '', { flag: 'wx' });
  } catch (thrown) {
    throw fileError(thrown, absolute);
  }
  await rm(probe, { force: true }).catch(() => undefined);
  return absolute;
}

function withOpened(recent: Settings['recent'], opened: Pick<Settings['recent'][number], 'kind' | 'path'>) {
  const entry = { ...opened, path: path.resolve(opened.path), time: new Date().toISOString() };
  const others = recent.filter(({ kind, path: known }) => kind !== entry.kind || known !== entry.path);
  const sameKind = others.filter(({ kind }) => kind === entry.kind).slice(0, RECENT - 1);
  return [entry, ...others.filter((one) => one.kind !== entry.kind || sameKind.includes(one))];
}

export const readSettings: Handlers['system']['settings'] = async () => {
  await saving;
  return { ...defaults(), ...(await readStored()) };
};

let saving: Promise<unknown> = Promise.resolve();

/** Two windows may save at once: each change is made to what the one before it left. */
export const saveSettings: Handlers['system']['saveSettings'] = (input) => {
  const saved = saving.then(() => change(input));
  saving = saved.catch(() => undefined);
  return saved;
};

async function change({
  runsFolder,
  dataFolder,
  logitsFolder,
  theme,
  runtime,
  opened,
}: Parameters<typeof saveSettings>[0]): Promise<Settings> {
  const stored = await readStored();
  const next: Stored = {
    ...stored,
    ...(runsFolder !== undefined && { runsFolder: await usable(runsFolder) }),
    ...(dataFolder !== undefined && { dataFolder: await usable(dataFolder) }),
    ...(logitsFolder !== undefined && { logitsFolder: await usable(logitsFolder) }),
    ...(theme !== undefined && { theme }),
    ...(runtime !== undefined && { runtime }),
    ...(opened !== undefined && { recent: withOpened(stored.recent ?? [], opened) }),
  };
  await ensureFolder(homeFolder());
  await writeJsonAtomic(settingsFile(), next);
  return { ...defaults(), ...next };
}
