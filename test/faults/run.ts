/**
 * A sweep on three workers while they and everything else fail (docs/sweeps.md, "What was measured"):
 *
 *   node test/faults/run.ts [--members 20] [--kills 10] [--shared] [--seed 1] [--keep]
 *
 * Needs redis-server; as root on Linux with ip, the workers have network namespaces and one a full disk.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { SweepStatus } from '../../electron/contract/sweep/sweep-status.ts';
import type { SweepTable } from '../../electron/contract/sweep/sweep-table.ts';
import { drawSample } from '../../electron/engine/data/sample/draw.ts';
import { random } from '../../electron/engine/numbers/random.ts';
import { freePort, TestRedis } from '../support/redis.ts';
import { drawnClasses, faultRecipe } from './sweep.ts';
import { Machines } from './machines.ts';

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '20' },
    kills: { type: 'string', default: '10' },
    shared: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
});
const members = Number(values.members);
const kills = Number(values.kills);
const draw = random(Number(values.seed), 'faults');
const names = ['first', 'second', 'third'] as const;
/** Seconds. */
const lease = 5;
const cutOff = 60;
const main = path.resolve(import.meta.dirname, '../../electron/cli/main.ts');

const folder = mkdtempSync(path.join(tmpdir(), 'distill-faults-'));
const at = (...parts: string[]): string => path.join(folder, ...parts);
const begun = Date.now();
const say = (message: string): void =>
  console.log(`${((Date.now() - begun) / 1000).toFixed(0).padStart(5)} s  ${message}`);

const machines = new Machines(names);
const redis = new TestRedis(await freePort(), folder, machines.address);
const files = `http://${machines.address}:${await freePort()}`;
const ways = values.shared ? ['--shared', at('runs')] : [];
const workers = new Map<string, ChildProcess>();
const coordinators: ChildProcess[] = [];

function startWorker(name: string): void {
  const offer = [
    '--name',
    name,
    '--folder',
    at(name),
    '--cores',
    '1',
    '--threads',
    '1',
    '--lease',
    String(lease),
  ];
  const data = values.shared ? ['--data', `sample=${at('sample')}`] : [];
  const args = [main, 'worker', '--queue', redis.url, ...offer, ...data, ...ways];
  workers.set(name, machines.start(name, process.execPath, args, openSync(at(`${name}.log`), 'a')));
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

async function killed(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function startCoordinator(command: readonly string[]): void {
  const travel = values.shared ? ways : ['--address', files];
  const args = [main, 'sweep', ...command, '--queue', redis.url, ...travel];
  const log = openSync(at('coordinator.log'), 'a');
  coordinators.push(spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', log, log] }));
}

/** The result of a command of the program. */
function ask(...args: string[]): unknown {
  const { stdout } = spawnSync(process.execPath, [main, '--json', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  const result = stdout.trim().split('\n').at(-1)!;
  return (JSON.parse(result) as { value: unknown }).value;
}

const sweepFolder = (): string =>
  at(
    'runs',
    readdirSync(at('runs')).find((name) => name.startsWith('faults-'))!,
  );
const completed = (status: SweepStatus): number =>
  status.members.filter(({ state }) => state === 'completed').length;

/** What happens while members are at work, one thing after another. */
async function fail(): Promise<void> {
  const pause = () => sleep(draw.uniform(4000, 14_000));
  const kill = async (): Promise<void> => {
    const name = draw.uniform(0, 1) < 0.5 ? 'first' : 'second';
    say(`kill -9 of the worker "${name}"`);
    await killed(workers.get(name)!);
    await sleep(1000);
    startWorker(name);
    await pause();
  };
  const half = Math.floor(kills / 2);
  for (let i = 0; i < half; i++) await kill();
  say(`the worker "second" is cut off for ${cutOff} s`);
  machines.connect('second', workers.get('second')!, false);
  await sleep(15_000);
  say('kill -9 of Redis, started again with its append-only file');
  await redis.kill();
  await sleep(1000);
  await redis.start();
  await sleep(15_000);
  say('kill -9 of the coordinator, resumed after 10 s');
  await killed(coordinators.at(-1)!);
  await sleep(10_000);
  startCoordinator(['resume', sweepFolder()]);
  await sleep(cutOff * 1000 - 40_000);
  machines.connect('second', workers.get('second')!, true);
  say('the worker "second" is back');
  // One that had just begun found no queue.
  if (hasEnded(workers.get('second')!)) startWorker('second');
  for (let i = half; i < kills; i++) await kill();
}

/** What is wrong with how it ended. */
function faultsOf(spread: string, alone: string): string[] {
  const status = ask('sweep', 'status', spread) as SweepStatus;
  const table = ask('sweep', 'table', spread) as SweepTable;
  const inTable = table.settings.reduce((sum, row) => sum + row.completed, 0);
  const reference = ask('sweep', 'status', alone) as SweepStatus;
  const differing = status.members.filter(({ index, folder: run }) =>
    ['weights/student.safetensors', 'predictions.safetensors'].some((name) => {
      const other = reference.members[index]!.folder!;
      return run === null || !readFileSync(path.join(run, name)).equals(readFileSync(path.join(other, name)));
    }),
  );
  const attempts = readdirSync(path.join(spread, 'runs')).length;
  say(
    `${completed(status)} of ${members} members completed in ${attempts} attempts; ${inTable} in the table`,
  );
  say(`${members - differing.length} of ${members} students are bit for bit those of the local executor`);
  return [
    ...(completed(status) === members ? [] : ['not all members completed']),
    ...(inTable === members ? [] : [`${inTable} members in the table`]),
    ...differing.map(({ index }) => `member ${index} differs`),
  ];
}

async function work(): Promise<number> {
  await drawSample(at('sample'), { seed: 3, tracksPerClass: 3, testPerClass: 6, classes: drawnClasses });
  writeFileSync(at('sweep.json'), JSON.stringify(faultRecipe(members)));
  mkdirSync(at('runs'));
  await redis.start();
  const hasFullDisk = machines.disk(at('third'), 1500);
  say(machines.isolated ? 'workers in network namespaces' : 'workers as processes: no namespaces here');
  say(
    hasFullDisk
      ? 'the disk of the worker "third" is full after 1.5 MB'
      : 'no full disk: nothing can be mounted here',
  );
  for (const name of names) startWorker(name);
  startCoordinator(['run', 'sweep.json', '--data', 'sample', '--out', 'runs', '--threads', '1']);
  await sleep(20_000);
  await fail();
  if (hasFullDisk) {
    machines.grow(at('third'), 65_536);
    say('the disk of the worker "third" has room again');
  }
  const last = coordinators.at(-1)!;
  if (!hasEnded(last)) await once(last, 'exit');
  say('the sweep has ended; the same on this machine alone');
  const args = [main, 'sweep', 'run', 'sweep.json', '--data', 'sample', '--out', 'local', '--threads', '1'];
  spawnSync(process.execPath, args, { cwd: folder });
  const alone = at(
    'local',
    readdirSync(at('local')).find((name) => name.startsWith('faults-'))!,
  );
  const faults = faultsOf(sweepFolder(), alone);
  for (const fault of faults) say(fault);
  return faults.length === 0 ? 0 : 1;
}

process.on('SIGINT', () => process.exit(130));
const endAll = (): void => {
  for (const child of [...workers.values(), ...coordinators]) child.kill('SIGKILL');
  redis.end();
  machines.close();
};
process.on('exit', endAll);

let code = 1;
try {
  code = await work();
} finally {
  if (values.keep || code !== 0) say(`kept: ${folder}`);
  else {
    // A mounted disk cannot be deleted.
    endAll();
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
process.exit(code);
