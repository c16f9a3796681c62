import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepSchema } from '../../electron/contract/sweep/sweep.ts';
import type { SweepMember } from '../../electron/contract/sweep/sweep-status.ts';
import { freePort, hasRedis, TestRedis } from '../support/redis.ts';
import { smallRecipe, smallRuntime, useSmallRuns } from '../support/small-run.ts';

const runs = useSmallRuns();
const workers = new Map<string, ChildProcess>();
let folder: string;
let redis: TestRedis;

const startWorker = (name: string) => {
  const main = path.resolve('electron/cli/main.ts');
  const offer = ['--cores', '1', '--threads', '1', '--lease', '2', '--folder', path.join(folder, name)];
  const args = [main, 'worker', '--queue', redis.url, '--name', name, ...offer];
  // Its members do not wait for other test files at work.
  const env = { ...process.env, DISTILL_NICE: '0' };
  workers.set(name, spawn(process.execPath, args, { stdio: 'ignore', env }));
};

beforeAll(async () => {
  if (!hasRedis) return;
  folder = await mkdtemp(path.join(tmpdir(), 'distill-queue-'));
  redis = new TestRedis(await freePort(), folder);
  await redis.start();
  for (const name of ['first', 'second']) startWorker(name);
});
afterAll(async () => {
  if (!hasRedis) return;
  for (const worker of workers.values()) worker.kill('SIGKILL');
  await redis.kill();
  await rm(folder, { recursive: true, force: true });
});

const training = (epochs: number) => ({ batchSize: 32, stages: [{ epochs, learningRate: 0.003 }] });
const sweep = () => {
  const { teacher, student } = smallRecipe();
  if (teacher.source !== 'train') throw new Error('The small recipe trains its teacher.');
  const base = smallRecipe({
    baseline: false,
    teacher: { ...teacher, training: training(1) },
    student: { model: student.model, training: training(8) },
    evaluation: { tta: { counts: [0], beta: 0.25 } },
  });
  return sweepSchema.parse({ version: 1, name: 'seeds', base, seeds: [1, 2] });
};

const filesOf = ({ folder: run }: SweepMember) =>
  Promise.all(
    ['weights/student.safetensors', 'predictions.safetensors'].map((name) => readFile(path.join(run!, name))),
  );

test.skipIf(!hasRedis)(
  'a worker and Redis are killed, and each run is bit for bit the one of this machine alone',
  async () => {
    const { client, data, out } = runs;
    const address = `http://127.0.0.1:${await freePort()}`;
    const { folder: spread } = await client.sweeps.start({
      sweep: sweep(),
      data,
      out,
      runtime: smallRuntime,
      queue: { url: redis.url, address },
    });
    const waitFor = async (isThere: (member: SweepMember) => Promise<boolean>) => {
      let found: SweepMember | undefined;
      await expect
        .poll(
          async () => {
            const { members } = await client.sweeps.status({ folder: spread });
            const fits = await Promise.all(members.map(isThere));
            found = members.find((_, index) => fits[index]);
            return found !== undefined;
          },
          { timeout: 240_000, interval: 20 },
        )
        .toBe(true);
      return found!;
    };
    // After its first checkpoint has come here.
    const begun = await waitFor(async ({ state, worker, folder: run }) => {
      if (state !== 'running' || worker === null) return false;
      const kept = await readdir(path.join(run!, 'checkpoints', 'student')).catch(() => []);
      return kept.length > 0;
    });
    workers.get(begun.worker!)!.kill('SIGKILL');
    await waitFor(({ index, worker }) =>
      Promise.resolve(index === begun.index && worker !== null && worker !== begun.worker),
    );
    await redis.kill();
    await redis.start();
    startWorker(begun.worker!);

    const { state, members } = await client.sweeps.wait({ folder: spread });
    expect(state).toBe('completed');
    expect(members.map((member) => member.state)).toEqual(['completed', 'completed']);
    const again = path.basename(members[begun.index]!.folder!);
    expect(again).toMatch(new RegExp(`^0000${begun.index}-[2-9]-`));
    const log = await readFile(path.join(members[begun.index]!.folder!, 'log.txt'), 'utf8');
    // On a busy machine a worker may be taken for lost once more.
    expect(log.match(/Phase: student/g)!.length).toBeGreaterThanOrEqual(2);
    const { settings } = await client.sweeps.table({ folder: spread });
    expect(settings.map(({ completed }) => completed)).toEqual([2]);

    const { folder: alone } = await client.sweeps.start({ sweep: sweep(), data, out, runtime: smallRuntime });
    const here = await client.sweeps.wait({ folder: alone });
    expect(await Promise.all(members.map(filesOf))).toEqual(await Promise.all(here.members.map(filesOf)));
  },
);

test.runIf(!hasRedis)('the queue is not tested: there is no redis-server', () => undefined);
