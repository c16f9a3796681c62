import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os, { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { runStates, type RunState } from '../../../electron/contract/run.ts';
import { appendSync } from '../../../electron/engine/run-folder/own-files.ts';
import { thisProcess } from '../../../electron/engine/run-folder/process-identity.ts';
import { listRuns, recover } from '../../../electron/engine/run-folder/recovery.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { checkTransition } from '../../../electron/engine/run-folder/states.ts';
import { epochEvent, recipe, start, stepEvent, temporaryFolder } from './support.ts';

vi.mock(import('../../../electron/engine/run-folder/own-files.ts'), async (original) => {
  const real = await original();
  return { ...real, appendSync: vi.fn(real.appendSync) };
});

const children: ChildProcess[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  vi.mocked(appendSync).mockReset();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Another process, alive until it is killed. */
function process2(): ChildProcess & { pid: number } {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  children.push(child);
  if (child.pid === undefined) throw new Error('no second process');
  return Object.assign(child, { pid: child.pid });
}
const ended = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));
const json = (run: RunFolder, name: string): unknown => JSON.parse(readFileSync(run.path(name), 'utf8'));
const rewrite = (run: RunFolder, patch: object) =>
  writeFileSync(run.path('run.json'), JSON.stringify({ ...(json(run, 'run.json') as object), ...patch }));
/** As a process that broke off leaves a run: running, with its lock. */
async function abandoned(lock: object): Promise<RunFolder> {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  await run.setState('running');
  await run.close();
  rewrite(run, { state: 'running' });
  writeFileSync(run.path('run.lock'), JSON.stringify(lock));
  return run;
}

test('a run is made with its recipe and state under a name of its own', async () => {
  const out = path.join(temporaryFolder(), 'runs');
  const runs = [];
  for (const name of ['Zeichen für Schilder 32.px', 'Zeichen für Schilder 32.px', '..']) {
    runs.push(await RunFolder.create(out, recipe(name), start()));
  }
  expect(runs.map(({ folder }) => path.relative(out, folder))).toEqual([
    'zeichen-fur-schilder-32-px-20260503-090507',
    'zeichen-fur-schilder-32-px-20260503-090507-2',
    'run-20260503-090507',
  ]);
  expect(json(runs[0]!, 'recipe.json')).toEqual(recipe('Zeichen für Schilder 32.px'));
  expect(json(runs[0]!, 'run.json')).toMatchObject({
    version: 1,
    state: 'queued',
    finished: [],
    error: null,
  });
  for (const run of runs) await run.close();
});

test('a place where nothing can be made is named', async () => {
  const file = path.join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const error = await RunFolder.create(file, recipe(), start()).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(file) as string });
});

test('exactly these states may follow each other', () => {
  const allowed = runStates.map((from) => {
    const next = runStates.filter((to) => {
      try {
        checkTransition('run', from, to);
        return true;
      } catch {
        return false;
      }
    });
    return [from, next] as [RunState, RunState[]];
  });
  expect(Object.fromEntries(allowed)).toEqual({
    queued: ['running', 'cancelled', 'failed', 'interrupted'],
    running: ['stopping', 'completed', 'cancelled', 'failed', 'interrupted'],
    stopping: ['completed', 'cancelled', 'failed', 'interrupted'],
    completed: [],
    cancelled: ['queued', 'running'],
    failed: ['queued', 'running'],
    interrupted: ['queued', 'running'],
  });
});

test('a wrong transition is refused and changes nothing', async () => {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  await run.setState('running');
  await run.setState('completed');
  await expect(run.setState('running')).rejects.toMatchObject({ code: 'RUN_STATE' });
  expect(json(run, 'run.json')).toMatchObject({ state: 'completed' });
  expect(existsSync(run.path('run.lock'))).toBe(false);
});

test('states written in one breath land in their order', async () => {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  const figures = { bestEpoch: 7, trainingSeconds: 61.5, imagesPerSecond: 812 };
  await Promise.all([
    run.setState('running'),
    run.finish({ role: 'teacher', ...figures }),
    run.setState('stopping'),
  ]);
  const again = await RunFolder.open(run.folder);
  expect(again.state).toBe('stopping');
  expect(again.finished).toEqual([{ role: 'teacher', ...figures }]);
  await run.setState('cancelled');
});

test('a run in another, living process can neither be resumed nor recovered; after its death it can', async () => {
  const other = process2();
  const started = readStart(other.pid);
  const run = await abandoned({ pid: other.pid, host: hostname(), started, token: 'theirs' });

  expect((await recover(run.folder)).state).toBe('running');
  rewrite(run, { state: 'interrupted' });
  const second = await RunFolder.open(run.folder);
  await expect(second.setState('running')).rejects.toMatchObject({
    code: 'RUN_STATE',
    message: expect.stringContaining(`process ${other.pid}`) as string,
  });
  expect(json(run, 'run.json')).toMatchObject({ state: 'interrupted' });

  rewrite(run, { state: 'running' });
  const gone = ended(other);
  other.kill('SIGKILL');
  await gone;
  // A window asks for several things at once when its engine is back.
  const [recovered, ...others] = await Promise.all([1, 2, 3].map(() => recover(run.folder)));
  expect([recovered!, ...others].map(({ state }) => state)).toEqual(Array(3).fill('interrupted'));
  expect(json(run, 'run.json')).toMatchObject({ state: 'interrupted' });
  await recovered!.setState('running');
  await recovered!.close();
});

function readStart(pid: number): string | null {
  if (process.platform !== 'linux') return null;
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  // The command's name ("node", "MainThread") holds no blank, so the fields can be counted from the front: the 22nd.
  return `${boot}:${readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21]}`;
}

test.skipIf(process.platform !== 'linux')(
  'the same number given to a later process is not the same process',
  async () => {
    const owner = await thisProcess('theirs');
    expect(owner.started).toBe(readStart(process.pid));
    const run = await abandoned({ ...owner, started: `${owner.started}0` });
    expect((await recover(run.folder)).state).toBe('interrupted');
  },
);

test('a run that cannot be held after all is not left locked', async () => {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  await run.setState('interrupted');
  const intact = readFileSync(run.path('run.json'), 'utf8');
  writeFileSync(run.path('run.json'), '{');
  await expect(run.setState('queued')).rejects.toMatchObject({ code: 'RUN_CORRUPT' });
  expect(existsSync(run.path('run.lock'))).toBe(false);
  writeFileSync(run.path('run.json'), intact);
  await run.setState('queued');
  expect(run.token).not.toBeNull();
});

test('a lock of another host counts while its heartbeat is fresh', async () => {
  const run = await abandoned({ pid: 1, host: 'another-host', started: null, token: 'theirs' });
  expect((await recover(run.folder)).state).toBe('running');
  const { utimes } = await import('node:fs/promises');
  const old = new Date(Date.now() - 10 * 60_000);
  await utimes(run.path('run.lock'), old, old);
  expect((await recover(run.folder)).state).toBe('interrupted');
});

test('where start times are not known, a number alone keeps a run no longer than its heartbeat is recent', async () => {
  const other = process2();
  const run = await abandoned({ pid: other.pid, host: hostname(), started: null, token: 'theirs' });
  // Of the machine: none of its processes is older.
  const uptime = vi.spyOn(os, 'uptime').mockReturnValue(60 * 60);
  const { utimes } = await import('node:fs/promises');
  const touch = (minutesAgo: number) => {
    const time = new Date(Date.now() - minutesAgo * 60_000);
    return utimes(run.path('run.lock'), time, time);
  };
  // A long step touches nothing.
  await touch(10);
  expect((await recover(run.folder)).state).toBe('running');
  uptime.mockReturnValue(9 * 60);
  expect((await recover(run.folder)).state).toBe('interrupted');
  uptime.mockReturnValue(60 * 60);
  const older = await abandoned({ pid: other.pid, host: hostname(), started: null, token: 'theirs' });
  await utimes(older.path('run.lock'), new Date(0), new Date(Date.now() - 20 * 60_000));
  expect((await recover(older.folder)).state).toBe('interrupted');
});

test("a process's own lock counts, whatever its age: it may have slept", async () => {
  const owner = await thisProcess('mine');
  const run = await abandoned({ ...owner, started: null });
  const { utimes } = await import('node:fs/promises');
  const old = new Date(Date.now() - 24 * 3_600_000);
  await utimes(run.path('run.lock'), old, old);
  expect((await recover(run.folder)).state).toBe('running');
});

test('the same run is not resumed twice, not even in one process', async () => {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  await run.setState('cancelled');
  const [a, b] = [await RunFolder.open(run.folder), await RunFolder.open(run.folder)];
  const outcomes = await Promise.allSettled([a.setState('running'), b.setState('running')]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await (a.state === 'running' ? a : b).setState('completed');
  // Opened before it was completed elsewhere.
  await expect((a.state === 'completed' ? b : a).setState('running')).rejects.toMatchObject({
    code: 'RUN_STATE',
  });
  expect(readdirSync(run.folder).sort()).toEqual(['recipe.json', 'run.json']);
});

test('only who holds a run may write its journal', async () => {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  const other = await RunFolder.open(run.folder);
  await expect(other.update({ dataPath: 'elsewhere' })).rejects.toMatchObject({ code: 'RUN_STATE' });
  await run.close();
});

test('metrics written before a stop are there after it, and go on after a resume', async () => {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  await run.setState('running');
  run.append(epochEvent('teacher', 1));
  run.append(stepEvent('teacher', 2, 10));
  await run.setState('cancelled');
  const again = await RunFolder.open(run.folder);
  await again.setState('running');
  await again.rewindMetrics('teacher', { epoch: 1, step: 0 });
  again.append(epochEvent('teacher', 2));
  expect((await again.metrics()).map(({ type, epoch }) => `${type} ${epoch}`)).toEqual([
    'epoch 1',
    'epoch 2',
  ]);
  await again.setState('completed');
});

test('a full disk fails the run, which then releases its lock', async () => {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  await run.setState('running');
  vi.mocked(appendSync).mockImplementation(() => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
  run.log('info', 'lost, and no reason to stop');
  expect(() => run.append(stepEvent('teacher', 1, 1))).toThrow(
    expect.objectContaining({ code: 'DISK_FULL' }) as Error,
  );
  await run.setState('failed', { code: 'DISK_FULL', message: 'full', hint: 'free', retryable: true });
  expect(json(run, 'run.json')).toMatchObject({ state: 'failed', error: { code: 'DISK_FULL' } });
  expect(existsSync(run.path('run.lock'))).toBe(false);
});

test('the log has a line for each entry, with time and level', async () => {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  run.log('info', 'first');
  run.log('error', 'second\nwith its stack');
  expect(readFileSync(run.path('log.txt'), 'utf8')).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z info {2}first\n[\d:.TZ-]+ error second\n {4}with its stack\n$/,
  );
  await run.close();
});

test('what is missing or damaged in a run is named', async () => {
  const out = temporaryFolder();
  await expect(RunFolder.open(path.join(out, 'none'))).rejects.toMatchObject({
    code: 'NOT_FOUND',
    hint: expect.stringContaining('distill-studio run') as string,
  });
  const run = await RunFolder.create(out, recipe(), start());
  await expect(run.result()).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('queued') as string,
  });
  expect(await run.dataset()).toBeNull();
  writeFileSync(run.path('result.json'), '{"version": 1, "name": 7}');
  await expect(run.result()).rejects.toMatchObject({
    code: 'RUN_CORRUPT',
    message: expect.stringContaining('"name"') as string,
  });
  await run.close();
  rewrite(run, { state: 'sleeping' });
  await expect(RunFolder.open(run.folder)).rejects.toMatchObject({
    code: 'RUN_CORRUPT',
    message: expect.stringContaining('"state"') as string,
  });
});

test('runs are listed newest first; a broken one is there with its error, a foreign folder is not', async () => {
  const out = temporaryFolder();
  const first = await RunFolder.create(out, recipe('first'), start(new Date(2026, 0, 1)));
  await first.setState('running');
  await first.setState('completed');
  const second = await RunFolder.create(out, recipe('second'), start(new Date(2026, 0, 2)));
  const broken = await RunFolder.create(out, recipe('broken'), start(new Date(2026, 0, 3)));
  await broken.close();
  writeFileSync(broken.path('run.json'), '{');
  writeFileSync(path.join(out, 'notes.txt'), 'no run');
  const runs = await listRuns(out);
  expect(runs.filter(({ error }) => !error).map(({ name, state }) => `${name} ${state}`)).toEqual([
    'second queued',
    'first completed',
  ]);
  expect(runs.find(({ error }) => error)).toMatchObject({
    folder: broken.folder,
    state: 'failed',
    error: { code: 'RUN_CORRUPT' },
  });
  expect(await listRuns(path.join(out, 'none'))).toEqual([]);
  await second.close();
});

test('phases are kept with their times; one that a dead process left ends with its last sign of life', async () => {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  await run.setState('running');
  await run.enterPhase('import');
  await run.enterPhase('teacher');
  expect(await run.phases()).toMatchObject([
    { phase: 'import', endedAt: expect.any(String) as string },
    { phase: 'teacher', endedAt: null },
  ]);
  run.log('info', 'the last that this process wrote');
  const [last] = await run.logLines(1);
  await run.close();

  const found = await recover(run.folder);
  expect(found.state).toBe('interrupted');
  const phases = await found.phases();
  expect(phases.at(-1)!.endedAt).toBe([last!.time, phases[1]!.startedAt].toSorted().at(-1));

  await found.setState('queued');
  await found.setState('running');
  await found.enterPhase('import');
  await found.setState('cancelled');
  const after = (await RunFolder.open(run.folder)).phases();
  expect((await after).map(({ phase }) => phase)).toEqual(['import', 'teacher', 'import']);
  expect((await after).every(({ endedAt }) => endedAt !== null)).toBe(true);
});

test('the folder of teacher logits is read under the name that earlier versions gave it', async () => {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  await run.close();
  const { logitsFolder, ...rest } = json(run, 'run.json') as Record<string, unknown>;
  expect(logitsFolder).toBeNull();
  writeFileSync(run.path('run.json'), JSON.stringify({ ...rest, storedAnswers: '/kept' }));
  expect((await RunFolder.open(run.folder)).logitsFolder).toBe('/kept');
});
