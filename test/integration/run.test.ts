import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DistillError } from '../../electron/contract/errors.ts';
import { defaultExports } from '../../electron/contract/exports.ts';
import type { RunEvent } from '../../electron/contract/events.ts';
import type { RunSummary } from '../../electron/contract/run-summary.ts';
import { runTopic } from '../../electron/contract/services.ts';
import { decodeSafetensors } from '../../electron/engine/models/weights/safetensors.ts';
import { drawSample } from '../../electron/engine/data/sample/draw.ts';
import { drawnClasses, smallRecipe, smallRuntime, useSmallRuns } from '../support/small-run.ts';

const runs = useSmallRuns();

type StepEvent = Extract<RunEvent, { type: 'step' }>;

const tensorsOf = (folder: string, role: string) => {
  const file = path.join(folder, 'weights', `${role}.safetensors`);
  const { tensors } = decodeSafetensors(readFileSync(file), file);
  return Object.fromEntries(
    [...tensors].map(([name, { data }]) => [name, Buffer.from(data.buffer).toString('base64')]),
  );
};

/** Starts a run and stops it at the first step that is wanted; gives its folder. */
async function stoppedAt(wanted: (step: StepEvent) => boolean): Promise<string> {
  const { folder } = await runs.client.runs.start({
    recipe: smallRecipe(),
    data: runs.data,
    out: runs.out,
    runtime: smallRuntime,
  });
  await new Promise<void>((resolve) => {
    const end = runs.client.subscribe(runTopic(folder), (event) => {
      if (event.type !== 'step' || !wanted(event)) return;
      end();
      resolve();
    });
  });
  await runs.client.runs.stop({ folder });
  expect((await runs.client.runs.wait({ folder })).state).toBe('cancelled');
  return folder;
}

/** A whole run, which nothing stopped; made once. */
let reference: Promise<RunSummary> | null = null;
const referenceRun = () =>
  (reference ??= runs.run(smallRecipe({ exports: [...defaultExports, 'onnx', 'tflite'] })));

describe('a whole run', () => {
  test('ends with what its folder promises, and its figures hold when they are computed another way', async () => {
    const { folder, state, error } = await referenceRun();
    expect([state, error]).toEqual(['completed', null]);
    const result = await runs.client.runs.result({ folder });
    expect(result.models.student.test.n).toBe(24);
    expect(result.dataset).toMatchObject({ format: 'gtsrb', train: 240, validation: 120, test: 24 });
    expect(result.tta.map(({ role, count }) => `${role} ${count}`)).toEqual([
      'teacher 0',
      'teacher 1',
      'student 0',
      'student 1',
      'baseline 0',
      'baseline 1',
    ]);
    // What it is scored from is kept.
    expect((await runs.client.runs.evaluation({ folder })).tta).toEqual(result.tta);

    // The test images again, one by one from their files, labels from the csv.
    const images = path.join(runs.data, 'GTSRB', 'Final_Test', 'Images');
    const rows = (await readFile(path.join(images, 'GT-final_test.csv'), 'utf8'))
      .trim()
      .split(/\r?\n/)
      .slice(1);
    const labels = rows.map((row) => Number(row.split(';').at(-1)));
    const files = rows.map((row) => path.join(images, row.split(';')[0]!));
    const predictions = await runs.client.runs.predict({ folder, images: files });
    const right = predictions.filter(({ top5 }, i) => top5[0]!.id === labels[i]).length;
    expect(result.models.student.test.accuracy).toBeCloseTo(right / 24, 10);
    const seen = result.perClass.student.filter(({ support }) => support > 0).map(({ id }) => id);
    expect(seen).toEqual([...drawnClasses]);

    const names = await readdir(folder);
    for (const name of [
      'run.json',
      'recipe.json',
      'metrics.jsonl',
      'result.json',
      'report.html',
      'log.txt',
      'exports',
      'predictions.safetensors',
      'tta.safetensors',
    ])
      expect(names).toContain(name);
    expect(await readdir(path.join(folder, 'exports'))).toContain(
      `${path.basename(folder)}-predictions-student.csv`,
    );
    // The student as it left answers as it did, asked by the run and asked as any file.
    const { accuracy, f1Macro } = result.models.student.test;
    expect(result.exports!.map(({ format, n, findings }) => ({ format, n, findings }))).toEqual([
      { format: 'onnx', n: 24, findings: [] },
      { format: 'tflite', n: 24, findings: [] },
    ]);
    expect(await readFile(path.join(folder, 'report.html'), 'utf8')).toContain('id="exports"');
    for (const row of result.exports!) {
      expect(row).toMatchObject({ role: 'student', accuracy, f1Macro, agreement: 1 });
      const file = path.join(folder, 'exports', row.file);
      const evaluated = await runs.client.exported.evaluate({ file, data: runs.data });
      expect(evaluated.scores).toMatchObject({ n: 24, accuracy, f1Macro });
    }

    const metrics = (await readFile(path.join(folder, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    const epochs = metrics
      .map((line) => JSON.parse(line) as { type: string; role: string })
      .filter(({ type }) => type === 'epoch');
    expect(epochs.map(({ role }) => role)).toEqual([
      'teacher',
      'teacher',
      'student',
      'student',
      'baseline',
      'baseline',
    ]);
  });

  test('repeated from its own recipe gives the same weights, bit for bit', async () => {
    const first = await referenceRun();
    const kept = JSON.parse(await readFile(path.join(first.folder, 'recipe.json'), 'utf8')) as ReturnType<
      typeof smallRecipe
    >;
    const second = await runs.run({ ...kept, exports: [] });
    for (const role of ['teacher', 'student', 'baseline']) {
      expect(tensorsOf(second.folder, role)).toEqual(tensorsOf(first.folder, role));
    }
    expect(tensorsOf(first.folder, 'student')).not.toEqual(tensorsOf(first.folder, 'baseline'));
  });

  test('kernel by kernel, too, twice the same weights', async () => {
    const stages = [{ epochs: 1, learningRate: 0.003 }];
    const { teacher, student } = smallRecipe();
    if (teacher.source !== 'train') throw new Error('The small recipe trains its teacher.');
    const recipe = smallRecipe({
      teacher: { ...teacher, training: { ...teacher.training, stages } },
      student: { ...student, training: { ...student.training, stages } },
      baseline: false,
      evaluation: { tta: { counts: [0], beta: 0.25 } },
    });
    const [first, second] = [
      await runs.run(recipe, { trace: 'off' }),
      await runs.run(recipe, { trace: 'off' }),
    ];
    expect([first.state, second.state]).toEqual(['completed', 'completed']);
    for (const role of ['teacher', 'student'])
      expect(tensorsOf(second.folder, role)).toEqual(tensorsOf(first.folder, role));
  });

  test('stopped and resumed ends with the weights of one that was never stopped', async () => {
    const whole = await referenceRun();
    const folder = await stoppedAt(({ role, epoch, step }) => role === 'student' && epoch >= 2 && step >= 3);
    await runs.client.runs.resume({ folder });
    expect((await runs.client.runs.wait({ folder })).state).toBe('completed');
    for (const role of ['teacher', 'student', 'baseline']) {
      expect(tensorsOf(folder, role)).toEqual(tensorsOf(whole.folder, role));
    }
  });

  test('does not go on with another dataset', async () => {
    const folder = await stoppedAt(() => true);
    const other = path.join(runs.out, '..', 'other');
    await drawSample(other, { seed: 4, tracksPerClass: 3, testPerClass: 6, classes: drawnClasses });
    await runs.client.runs.resume({ folder, data: other });
    const { state, error } = await runs.client.runs.wait({ folder });
    expect([state, error?.code]).toEqual(['failed', 'RUN_STATE']);
  });

  test('evaluates classes that were left out of training apart', async () => {
    // Other pictures of the four signs, 30 and one for each; of the run's own none counts.
    const more = path.join(runs.out, '..', 'unlabelled');
    await drawSample(more, { seed: 9, tracksPerClass: 1, testPerClass: 1, classes: drawnClasses });
    const unlabelled = [more, runs.data];
    const { folder, state } = await runs.run(
      smallRecipe({
        name: 'unseen',
        data: {
          image: { size: 32 },
          split: { method: 'track-random', fraction: 0.34 },
          trainClasses: [1, 12, 13],
          unlabelled: { paths: unlabelled },
        },
      }),
    );
    expect(state).toBe('completed');
    const { models, classes, unseen } = await runs.client.runs.result({ folder });
    expect(classes.filter(({ seen }) => seen).map(({ id }) => id)).toEqual([1, 12, 13]);
    expect([models.student.seen!.n, models.student.unseen!.n]).toEqual([18, 6]);
    const evaluation = await runs.client.runs.evaluate({
      folder,
      mask: { classes: 'seen', invert: true },
      tta: [],
    });
    expect(evaluation.models.student!.scores).toEqual(models.student.unseen);
    const listed = await runs.client.runs.evaluate({ folder, mask: { classes: [1, 12, 13] } });
    expect(listed.models.baseline!.scores).toEqual(models.baseline!.seen);

    expect(unseen!.images).toEqual({ seen: 18, unseen: 6 });
    expect(unseen!.models.student!.asIs).toMatchObject({
      seen: models.student.seen!.accuracy,
      unseen: models.student.unseen!.accuracy,
    });
    expect(listed.unseen).toEqual(unseen);
    expect(await runs.client.runs.unseen({ folder })).toEqual(unseen);
    expect(unseen!.correction).toEqual({ expected: 'teacher', reference: 'unlabelled', images: 4 * 31 });
    // The same pictures, as if they had not been in the run.
    await rm(path.join(folder, 'predictions-unlabelled.safetensors'));
    expect((await runs.client.runs.unseen({ folder }))!.correction.reference).toBe('test halves');
    expect((await runs.client.runs.evaluate({ folder, unlabelled })).unseen).toEqual(unseen);
    expect(await runs.client.runs.unseen({ folder })).toEqual(unseen);

    // The same without asking a model, from what the run kept.
    const evaluated = await runs.client.runs.evaluation({ folder, mask: { classes: [1, 12, 13] } });
    for (const role of ['teacher', 'student', 'baseline'] as const) {
      const { scores, perClass } = evaluated.models[role]!;
      expect({ scores, perClass }).toEqual(listed.models[role]);
    }
    expect(evaluated.comparison).toMatchObject(listed.comparison);
    const whole = await runs.client.runs.evaluation({ folder });
    const { confusion, comparison, mistakes } = await runs.client.runs.result({ folder });
    expect(whole.models.student!.confusion).toEqual(confusion.student);
    expect(comparison).toMatchObject(whole.comparison);
    expect(
      whole.models.student!.mistakes.slice(0, 24).map(({ key, label, top5 }) => [key, label, top5.student]),
    ).toEqual(mistakes.student.map(({ key, label, top5 }) => [key, label, top5]));

    // A run from before predictions were kept gets them by an evaluation, under whatever mask, on its own images only.
    await rm(path.join(folder, 'predictions.safetensors'));
    await expect(runs.client.runs.evaluation({ folder })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const other = path.join(runs.out, '..', 'unlike');
    await drawSample(other, { seed: 5, tracksPerClass: 3, testPerClass: 6, classes: drawnClasses });
    await runs.client.runs.evaluate({ folder, data: other });
    await expect(runs.client.runs.evaluation({ folder })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await runs.client.runs.evaluate({ folder, mask: { classes: 'unseen' } });
    expect(await runs.client.runs.evaluation({ folder })).toEqual(whole);
  });

  test("learns from another run's teacher", async () => {
    const first = await referenceRun();
    const teacher = { source: 'run', path: first.folder, role: 'teacher' } as const;
    const second = await runs.run(smallRecipe({ name: 'second', baseline: false, teacher }));
    expect(second.state).toBe('completed');
    expect(tensorsOf(second.folder, 'teacher')).toEqual(tensorsOf(first.folder, 'teacher'));
    // The same teacher, data and seed: the same student.
    expect(tensorsOf(second.folder, 'student')).toEqual(tensorsOf(first.folder, 'student'));
  });
});

describe('bad input leaves no folder behind', () => {
  const failure = async (promise: Promise<unknown>) => {
    const error = await promise.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(DistillError);
    return error as DistillError;
  };

  test.each([
    ['a dataset that is not there', { data: 'nowhere' }, 'NOT_FOUND'],
    ['a folder without images', { data: 'empty' }, 'DATASET_EMPTY'],
    ['weights that are not there', { weights: 'nowhere.pth' }, 'NOT_FOUND'],
    ['weights that end too early', { weights: 'torn.safetensors' }, 'WEIGHTS_CORRUPT'],
    ['weights that are a text', { weights: 'text.safetensors' }, 'UNSUPPORTED_FORMAT'],
    ["a teacher's run that is none", { teacher: 'nowhere' }, 'NOT_FOUND'],
  ])(
    '%s',
    async (_, { data, weights, teacher }: { data?: string; weights?: string; teacher?: string }, code) => {
      const out = path.join(runs.out, 'none');
      await mkdir(path.join(runs.out, 'empty'), { recursive: true });
      // The length of a header that does not follow.
      await writeFile(path.join(runs.out, 'torn.safetensors'), Buffer.from('4000000000000000', 'hex'));
      await writeFile(path.join(runs.out, 'text.safetensors'), 'no weights');
      const base = smallRecipe();
      const recipe = {
        ...base,
        ...(weights !== undefined && { student: { ...base.student, weights: path.join(runs.out, weights) } }),
        ...(teacher !== undefined && {
          teacher: { source: 'run' as const, path: path.join(runs.out, teacher), role: 'teacher' as const },
        }),
      };
      const error = await failure(
        runs.client.runs.start({
          recipe,
          data: data === undefined ? runs.data : path.join(runs.out, data),
          out,
        }),
      );
      expect(error.code).toBe(code);
      expect(error.hint).not.toBe('');
      expect(existsSync(out)).toBe(false);
    },
  );
});
