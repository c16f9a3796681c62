import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { sweepSchema, type SweepInput } from '../../electron/contract/sweep/sweep.ts';
import { runTopic } from '../../electron/contract/services.ts';
import { RunFolder } from '../../electron/engine/run-folder/run-folder.ts';
import { readPredictions } from '../../electron/engine/run-folder/stored-predictions.ts';
import { smallRecipe, smallRuntime, useSmallRuns } from '../support/small-run.ts';

const runs = useSmallRuns();
const main = path.resolve(import.meta.dirname, '../../electron/cli/main.ts');

const short = { batchSize: 32, stages: [{ epochs: 1, learningRate: 0.003 }] };
const base = () => {
  const { teacher, student } = smallRecipe();
  if (teacher.source !== 'train') throw new Error('The small recipe trains its teacher.');
  return smallRecipe({
    baseline: false,
    teacher: { ...teacher, training: short },
    student: { model: student.model, training: short },
    evaluation: { tta: { counts: [0], beta: 0.25 } },
  });
};
const sweepOf = (parts: Partial<SweepInput> = {}) =>
  sweepSchema.parse({
    version: 1,
    name: 'temperatures',
    base: base(),
    axes: [{ name: 'temperature', field: 'distillation.terms[0].temperature', values: [2, 8] }],
    seeds: [7, 8],
    ...parts,
  });

const studentOf = async (folder: string) => {
  const { models } = await readPredictions(await RunFolder.open(folder));
  return models.get('student')!.probabilities;
};

/** Runs of a sweep that the engine ran whole: both settings with the first seed. */
let ofWhole: string[] = [];

test('a sweep that is stopped and resumed has one teacher, and the students of runs by themselves', async () => {
  const { client, data, out } = runs;
  const { folder } = await client.sweeps.start({ sweep: sweepOf(), data, out, runtime: smallRuntime });
  // Stopped in the training of the second member.
  await expect
    .poll(async () => (await client.sweeps.status({ folder })).members[1]!.folder, {
      timeout: 120_000,
      interval: 20,
    })
    .not.toBeNull();
  const second = (await client.sweeps.status({ folder })).members[1]!.folder!;
  await new Promise<void>((resolve) => {
    const end = client.subscribe(runTopic(second), (event) => {
      if (event.type !== 'step') return;
      end();
      resolve();
    });
  });
  await client.sweeps.stop({ folder });
  const stopped = await client.sweeps.wait({ folder });
  expect(stopped.state).toBe('stopped');
  expect(stopped.members.map(({ state }) => state)).toEqual(['completed', 'interrupted', null, null]);
  expect((await client.sweeps.table({ folder })).test).toBeNull();

  await client.sweeps.resume({ folder });
  await expect(client.sweeps.resume({ folder })).rejects.toMatchObject({ code: 'RUN_STATE' });
  const { state, members } = await client.sweeps.wait({ folder });
  expect(state).toBe('completed');
  expect(members.map((member) => member.state)).toEqual(new Array(4).fill('completed'));
  expect(await readdir(path.join(folder, 'runs'))).toHaveLength(4);

  const folders = members.map((member) => member.folder!);
  expect((await client.runs.details({ folder: folders[1]! })).sweep).toEqual({
    folder,
    name: 'temperatures',
  });
  ofWhole = folders.slice(0, 2);
  const opened = await Promise.all(folders.map((one) => RunFolder.open(one)));
  expect(opened.map(({ recipe }) => recipe.teacher.source)).toEqual(['train', 'run', 'run', 'run']);
  expect(opened.slice(1).map(({ recipe }) => (recipe.teacher as { path?: string }).path)).toEqual(
    new Array(3).fill(folders[0]),
  );

  // The member that was stopped and resumed is, bit for bit, the run of its recipe with the same stored logits.
  const { folder: alone } = await client.runs.start({
    recipe: opened[1]!.recipe,
    data,
    out,
    logitsFolder: path.join(folder, 'cache'),
    runtime: smallRuntime,
  });
  await client.runs.wait({ folder: alone });
  expect(await studentOf(folders[1]!)).toEqual(await studentOf(alone));

  const table = await client.sweeps.table({ folder });
  const results = await Promise.all(opened.map((run) => run.result()));
  const accuracy = (index: number) => results[index]!.models.student.validation!.accuracy;
  expect(table.settings.map(({ score }) => score!.mean)).toEqual([
    expect.closeTo((accuracy(0) + accuracy(2)) / 2, 12),
    expect.closeTo((accuracy(1) + accuracy(3)) / 2, 12),
  ]);
  expect(table.test!.comparisons).toHaveLength(1);
  const [comparison] = table.test!.comparisons;
  const other = comparison!.setting;
  for (const { seed, onlyChosen, onlyOther } of comparison!.perSeed) {
    const of = (setting: number) =>
      members.find((member) => member.setting === setting && member.seed === seed)!.folder!;
    const { counts } = await client.runs.compare({
      first: { folder: of(table.chosen!), role: 'student' },
      second: { folder: of(other), role: 'student' },
    });
    expect([onlyChosen, onlyOther]).toEqual([counts!.onlyFirst, counts!.onlySecond]);
  }
  const { best } = table.settings[table.chosen!]!;
  expect(folders).toContain(best!.folder);

  const { file } = await client.sweeps.report({ folder });
  const report = await readFile(file, 'utf8');
  expect(report).toContain(table.sentence.replaceAll(' %', '\u00a0%'));
  const elsewhere = path.join(out, 'sweep.html');
  await client.sweeps.report({ folder, out: elsewhere });
  await expect(client.sweeps.report({ folder, out: elsewhere })).rejects.toMatchObject({
    code: 'NOT_WRITABLE',
  });
});

test('the better of two members goes on after its pause, with the bits of a run that never paused; the other is stopped early', async () => {
  const { client, data, out } = runs;
  const { student, ...rest } = base();
  // Of a run that has not ended, a teacher near chance is refused.
  const taught = { ...short, stages: [{ epochs: 4, learningRate: 0.01 }] };
  const training = { ...short, stages: [{ epochs: 2, learningRate: 0.003 }] };
  const sweep = sweepOf({
    base: {
      ...rest,
      teacher: { ...rest.teacher, training: taught } as typeof rest.teacher,
      student: { ...student, training },
    },
    axes: [],
    halving: { factor: 2, minEpochs: 1 },
  });
  const { folder } = await client.sweeps.start({ sweep, data, out, runtime: smallRuntime });
  const { state, members } = await client.sweeps.wait({ folder });
  expect(state).toBe('completed');
  const better = members.findIndex((member) => member.state === 'completed');
  expect(members.map(({ stoppedEarly }) => stoppedEarly)).toEqual([better !== 0, better !== 1]);
  expect(members[1 - better]).toMatchObject({ state: 'interrupted' });

  const opened = await Promise.all(members.map((member) => RunFolder.open(member.folder!)));
  const firstEpoch = await Promise.all(
    opened.map(async (run) =>
      (await run.metrics()).find(({ type, role }) => type === 'epoch' && role === 'student'),
    ),
  );
  const accuracies = firstEpoch.map((line) =>
    line?.type === 'epoch' ? line.validation!.accuracy : Number.NaN,
  );
  expect(accuracies[better]).toBeGreaterThanOrEqual(accuracies[1 - better]!);

  const { folder: alone } = await client.runs.start({
    recipe: opened[better]!.recipe,
    data,
    out,
    logitsFolder: path.join(folder, 'cache'),
    runtime: smallRuntime,
  });
  await client.runs.wait({ folder: alone });
  expect(await studentOf(members[better]!.folder!)).toEqual(await studentOf(alone));
});

/** `sweep member` in a process of its own, as a cluster's scheduler starts it. Rejects where it fails. */
const runMember = (folder: string, index: number) =>
  promisify(execFile)(process.execPath, [main, 'sweep', 'member', folder, '--index', String(index)], {
    // It does not wait for other test files at work.
    env: { ...process.env, DISTILL_NICE: '0' },
  });

test('members that run in processes of their own, as on a cluster, are those of the whole sweep, bit for bit', async () => {
  const { client, data, out } = runs;
  const sweep = sweepOf({ seeds: [7] });
  const scheduler = { kind: 'slurm' } as const;
  const written = await client.sweeps.write({ sweep, data, out, runtime: smallRuntime, scheduler });
  expect(written).toMatchObject({ members: 2, first: 1 });
  const { folder } = written;
  const start = (index: number) => client.sweeps.member({ folder, index });
  await expect(start(1)).rejects.toMatchObject({
    code: 'RUN_STATE',
    message: expect.stringContaining('needs the teacher that member 0 trains') as string,
  });
  await expect(start(2)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await runMember(folder, 0);
  await runMember(folder, 1);
  // A scheduler may start a task once more.
  expect((await client.runs.wait(await start(1))).state).toBe('completed');
  expect(await readdir(path.join(folder, 'runs'))).toHaveLength(2);

  const { members } = await client.sweeps.status({ folder });
  const theirs = members.map((member) => member.folder!);
  expect(await Promise.all(theirs.map(studentOf))).toEqual(await Promise.all(ofWhole.map(studentOf)));
  const { state, test: compared } = await client.sweeps.table({ folder });
  expect([state, compared?.comparisons.length]).toEqual(['completed', 1]);
});

test('what is wrong with a setting is found before a folder is made', async () => {
  const { client, data, out } = runs;
  const before = await readdir(out);
  const start = (parts: Partial<SweepInput>) =>
    client.sweeps.start({ sweep: sweepOf(parts), data, out, runtime: smallRuntime });
  const classes = { name: 'classes', field: 'data.trainClasses', values: ['all', [0, 99]] };
  await expect(start({ axes: [classes] })).rejects.toMatchObject({
    message: expect.stringContaining('With classes [0,99]:') as string,
  });
  const all = { name: 'split', field: 'data.split.method', values: ['all'] };
  await expect(start({ axes: [all] })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('holds none out') as string,
  });
  expect(await readdir(out)).toEqual(before);
});
