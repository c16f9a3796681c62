import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import type { RunSummary } from '../../../electron/contract/run-summary.ts';
import { runTopic, type Handlers } from '../../../electron/contract/services.ts';
import { shellWord } from '../../../electron/contract/shell-word.ts';
import { resource } from '../../../electron/platform/resources.ts';
import { fakeSummary, type FakeEngine, type Overrides } from '../../contract/fake-engine.ts';
import { events, result } from './example-run.ts';
import { jsonLines, run, start } from './fake-terminal.ts';

const commandNames = [
  'demo',
  'sample',
  'inspect',
  'weights',
  'lr-find',
  'run',
  'resume',
  'evaluate',
  'predict',
  'export',
  'serve',
  'doctor',
  'engine',
  'bench',
];

let folder: string;
let recipe: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'distill-cli-'));
  recipe = path.join(folder, 'recipe.json');
  const value = {
    version: 2,
    name: 'test',
    data: { path: 'images' },
    teacher: { source: 'train', model: { architecture: 'cifar_resnet14' } },
    student: { model: { architecture: 'cifar_resnet8' } },
  };
  await writeFile(recipe, JSON.stringify(value));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const summary = (state: RunSummary['state'], error: RunSummary['error'] = null): RunSummary =>
  fakeSummary({ folder: path.join(folder, 'runs', 'r'), state, error });

/** A run that tells its events once someone listens, and then ends as given. */
function runHandlers(engine: () => FakeEngine, ended: RunSummary): Required<Overrides>['runs'] {
  return {
    start: () => Promise.resolve({ folder: ended.folder }),
    resume: () => Promise.resolve({ folder: ended.folder }),
    result: () => Promise.resolve(result),
    async wait({ folder: waited }) {
      const topic = runTopic(waited);
      await vi.waitFor(() => expect(engine().listeners(topic)).toBe(1));
      for (const event of events) engine().emit(topic, event);
      return ended;
    },
  };
}

function startRun(argv: string[], ended: RunSummary, more: Overrides['runs'] = {}, tty = false) {
  const running = start(
    argv,
    { runs: { ...runHandlers(() => running.engine, ended), ...more } },
    { cwd: folder, tty },
  );
  return running;
}

describe('use of the program', () => {
  it.each(commandNames)('%s --help has a description and an example, and starts nothing', async (name) => {
    const running = start([name, '--help']);
    const { code, stdout, stderr } = await running.done;
    expect([code, stderr, running.opened()]).toEqual([0, '', false]);
    expect(stdout).toMatch(new RegExp(`Usage: distill-studio ${name}.*\n\n\\w`));
    expect(stdout).toContain(`$ distill-studio ${name}`);
  });

  it('lists every command, and shows its version', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const name of commandNames) expect(stdout).toMatch(new RegExp(`^  ${name} .*\\w`, 'm'));
    expect(await run(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    });
  });

  it.each([
    [['frobnicate'], "unknown command 'frobnicate'", 'distill-studio --help'],
    [['run'], "missing required argument 'recipe'", 'distill-studio run --help'],
    [['run', 'a.json', '--thread', '2'], "unknown option '--thread'", 'Did you mean --threads?'],
    [['run', 'a.json', '--threads', '0'], 'whole number from 1 to 256', 'distill-studio run --help'],
    [
      ['run', 'a.json', '--backend', 'gpu'],
      'Allowed choices are auto, tensorflow, onnxruntime, cpu',
      'run --help',
    ],
    [['run', 'a.json', '--trace', 'yes'], 'Allowed choices are auto, on, off', 'run --help'],
    [['evaluate', 'r', '--classes', '9-0'], '"9-0" is not a number or a range', 'evaluate --help'],
    [['evaluate', 'r', '--beta', '2'], 'a number from 0 to 1', 'evaluate --help'],
    [['predict', 'r'], "missing required argument 'image'", 'predict --help'],
    [['export', 'r', '--format', 'coreml'], 'report, csv, plots', 'export --help'],
    [['doctor', 'extra'], 'too many arguments', 'doctor --help'],
  ])('wrong use %j ends with 2 and one clear line', async (argv, message, hint) => {
    const { code, stdout, stderr } = await run(argv);
    const [first, second, ...rest] = stderr.trimEnd().split('\n');
    expect({ code, stdout, rest }).toEqual({ code: 2, stdout: '', rest: [] });
    expect(first).toMatch(/^error: /);
    expect(first).toContain(message);
    expect(second).toContain(hint);

    const json = await run(['--json', ...argv]);
    expect([json.code, json.stderr]).toEqual([2, '']);
    const lines = jsonLines(json.stdout);
    expect(lines).toMatchObject([{ type: 'error', code: 'INVALID_INPUT' }]);
    expect(lines[0]!['message']).toContain(message);
  });

  it('shows its help where no command is given', async () => {
    const { code, stderr } = await run([]);
    expect(code).toBe(2);
    expect(stderr).toContain('Usage: distill-studio');
    expect(stderr).toContain('error: No command was given.');
  });

  it('ends with 2 where the engine refuses an input, with 1 where it fails', async () => {
    const refused = await run(['evaluate', 'r', '--tta', '0,99']);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('tta[1]: expected at most 64') as string,
    });
    const failed = await run(['doctor'], {
      system: {
        doctor: () => Promise.reject(new DistillError('BACKEND_UNAVAILABLE', 'No GPU here.', 'Use cpu.')),
      },
    });
    expect(failed).toEqual({ code: 1, stdout: '', stderr: 'error: No GPU here.\nhint: Use cpu.\n' });
  });

  it('shows a stack with --verbose only, and never on stdout', async () => {
    const doctor = (): Promise<never> => Promise.reject(new TypeError('x is undefined'));
    const short = await run(['doctor'], { system: { doctor } });
    expect(short.stderr).toMatch(/^error: x is undefined\nhint: .*--verbose.*\n$/);
    const long = await run(['doctor', '--verbose', '--json'], { system: { doctor } });
    expect(long.stderr).toContain('program.test.ts');
    expect(jsonLines(long.stdout)).toMatchObject([
      { type: 'error', code: 'INTERNAL', message: 'x is undefined' },
    ]);
    expect([short.code, long.code]).toEqual([1, 1]);
  });

  it('closes the engine that it opened', async () => {
    const running = start(['doctor']);
    await running.done;
    expect(running.engine.closed).toBe(true);
  });
});

describe('a run', () => {
  it('passes recipe, paths and runtime on, and prints the comparison', async () => {
    const started = vi.fn<Handlers['runs']['start']>(() =>
      Promise.resolve({ folder: summary('completed').folder }),
    );
    const argv = ['run', 'recipe.json', '--out', 'o', '--threads', '2', '--backend', 'cpu'];
    const { code, stdout, stderr } = await startRun(argv, summary('completed'), { start: started }).done;
    expect(code).toBe(0);
    expect(started.mock.calls[0]![0]).toMatchObject({
      recipe: { name: 'test', seed: 1, data: { path: path.join(folder, 'images') } },
      data: null,
      out: path.join(folder, 'o'),
      runtime: { backend: 'cpu', threads: 2, workers: 1 },
    });
    const lines = stdout.split('\n');
    const figures = (label: string) =>
      lines
        .find((line) => line.startsWith(label))!
        .slice(label.length)
        .trim()
        .split(/ {2,}/);
    expect(figures('parameters')).toEqual(['11.2 M', '64.2 k', '64.2 k']);
    expect(figures('accuracy')).toEqual(['98.31 %', '97.12 %', '96.03 %']);
    expect(figures('file size')).toEqual(['44.7 MB', '257 kB', '257 kB']);
    expect(figures('training time')[0]).toBe('12 min 5 s');
    expect(stdout).toContain(result.comparison.sentence);
    expect(stdout).toContain(`Run folder: ${path.join('runs', 'r')}`);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    // Not a terminal: lines that stay, no control characters.
    expect(stderr).toContain('[2/6] preparing the teacher');
    expect(stderr).toContain(
      'teacher  2/10  loss 0.5000, validation 0.5000  accuracy 96.31 %  F1 macro 94.00 %  412 images/s  12 s  best\n',
    );
    expect(stderr).toContain('warning: Two images were skipped.');
    expect(stderr + stdout).not.toContain('\x1b');
  });

  it('only estimates with --plan, by the images of its division', async () => {
    const started = vi.fn<Handlers['runs']['start']>(() => Promise.reject(new Error('It was started.')));
    const estimated = vi.fn<Handlers['training']['estimate']>(() =>
      Promise.resolve({
        roles: [{ role: 'student' as const, seconds: 600, steps: 100, imagesPerSecond: 50 }],
        ...{ importSeconds: 20, evaluationSeconds: 60, exportSeconds: 5, totalSeconds: 685 },
        ...{ memoryBytes: 2e9, diskBytes: 3e6, basis: 'estimated' as const, backend: 'cpu' },
        includesTeacher: true,
      }),
    );
    const division = { totals: { train: 90, validation: 10, test: 40 }, classes: [0, 1, 2] };
    const split = () => Promise.resolve({ ...division, teacher: { train: 0, validation: 0 } } as never);
    const handlers = { runs: { start: started }, training: { estimate: estimated }, dataset: { split } };
    const named = await run(['run', recipe, '--plan', '--keep-logits'], handlers, { cwd: folder });
    expect([named.code, named.stderr]).toEqual([0, '']);
    expect(named.stdout).toMatch(/^1 run: about 11 min 25 s \(import 20 s, student 10 min/);
    expect(named.stdout).toContain('Memory 2 GB, disk 3 MB\nEstimated from multiply-adds.');
    expect(estimated.mock.calls[0]![0]).toMatchObject({
      ...{ trainImages: 90, validationImages: 10, testImages: 40, classes: 3, teacherImages: null },
      storesLogits: true,
    });
    expect(started).not.toHaveBeenCalled();
  });

  it('keeps teacher logits beside the runs, or in the folder that is named; earlier names of the options still work', async () => {
    const started = vi.fn<Handlers['runs']['start']>(() =>
      Promise.resolve({ folder: summary('completed').folder }),
    );
    const resumed = vi.fn<Handlers['runs']['resume']>(() =>
      Promise.resolve({ folder: summary('completed').folder }),
    );
    const handlers = { start: started, resume: resumed };
    for (const argv of [
      ['run', recipe],
      ['run', recipe, '--keep-logits', '--trace', 'off'],
      ['run', recipe, '--logits-folder', 'answers'],
      ['run', recipe, '--stored-answers'],
      ['run', recipe, '--cache', 'answers'],
      ['resume', path.join('o', 'r'), '--stored-answers'],
      ['resume', path.join('o', 'r')],
    ])
      expect((await startRun(argv, summary('completed'), handlers).done).code).toBe(0);
    const given = [...started.mock.calls, ...resumed.mock.calls].map(([input]) => input);
    expect(given.map(({ logitsFolder }) => logitsFolder)).toEqual([
      null,
      path.join(folder, 'runs', 'cache'),
      path.join(folder, 'answers'),
      path.join(folder, 'runs', 'cache'),
      path.join(folder, 'answers'),
      path.join(folder, 'o', 'cache'),
      null,
    ]);
    expect(given.map(({ runtime }) => runtime?.trace)).toEqual([
      'auto',
      'off',
      'auto',
      'auto',
      'auto',
      undefined,
      undefined,
    ]);
  });

  it('names the report where there is one', async () => {
    const { folder: made } = summary('completed');
    await mkdir(made, { recursive: true });
    await writeFile(path.join(made, 'report.html'), '');
    const { stdout } = await startRun(['resume', made], summary('completed')).done;
    expect(stdout).toContain(`Report:     ${path.join('runs', 'r', 'report.html')}`);
  });

  it('writes every event and the result for programs, one JSON object a line', async () => {
    const { code, stdout, stderr } = await startRun(['run', recipe, '--json'], summary('completed')).done;
    expect([code, stderr]).toEqual([0, '']);
    const lines = jsonLines(stdout);
    const expected = ['started', ...events.map(({ type }) => type), 'result'];
    expect(lines.map(({ type }) => type)).toEqual(expected);
    expect(lines[4]).toMatchObject({ ...events[3], seq: 4 });
    expect(lines.at(-1)).toMatchObject({
      command: 'run',
      value: { folder: summary('completed').folder, result },
    });
  });

  it('draws bars on a terminal, within its width, in colour unless that is not wanted', async () => {
    const shown = await startRun(['run', recipe], summary('completed'), {}, true).done;
    const drawn = stripVTControlCharacters(shown.stderr).split(/[\r\n]|(?=[█░]{12})/);
    const bar = drawn.find((line) => line.includes('teacher 2/10'));
    expect(bar).toContain(
      '█░░░░░░░░░░░  10 %  teacher 2/10  12 s left  run 12 min 5 s left  loss 1.250  412 images/s',
    );
    expect(shown.stdout).toContain('\x1b[1mexample');
    const plain = await startRun(['run', recipe, '--no-color'], summary('completed'), {}, true).done;
    expect(plain.stdout).not.toContain('\x1b');
  });

  it('ends with 1 and its own error where it failed', async () => {
    const error = {
      code: 'DISK_FULL',
      message: 'No space left.',
      hint: 'Free some.',
      retryable: true,
    } as const;
    const { code, stdout, stderr } = await startRun(['run', recipe], summary('failed', error)).done;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/error: No space left\.\nhint: Free some\.\n$/);
  });

  it('ends with 1 where the recipe is wrong, before the engine starts', async () => {
    const running = start(['run', path.join(folder, 'none.json')]);
    expect(await running.done).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no file') as string,
    });
    expect(running.opened()).toBe(false);
  });

  it('stops on the first Ctrl-C, says how to go on, and ends with 130', async () => {
    let stopped: () => void;
    const ended = new Promise<void>((resolve) => (stopped = resolve));
    const more: Overrides['runs'] = {
      wait: () => ended.then(() => summary('cancelled')),
      stop: vi.fn<Handlers['runs']['stop']>(() => {
        stopped();
        return Promise.resolve(null);
      }),
    };
    const running = startRun(['run', recipe], summary('cancelled'), more);
    await vi.waitFor(() => expect(running.engine.listeners(runTopic(summary('cancelled').folder))).toBe(1));
    running.interrupt();
    const { code, stderr } = await running.done;
    expect(code).toBe(130);
    expect(more.stop).toHaveBeenCalledOnce();
    expect(stderr).toContain('Stopping after this batch');
    expect(stderr).toContain(
      `stopped: The run was stopped and saved.\nhint: Resume with: distill-studio resume ${shellWord(path.join('runs', 'r'))}\n`,
    );
    expect(running.engine.closed).toBe(true);
  });

  it('says how to go on whatever the run says of its being stopped', async () => {
    const error = { code: 'CANCELLED', message: 'Stopped in epoch 1.', hint: '', retryable: false } as const;
    const { code, stderr } = await startRun(['run', recipe], summary('cancelled', error)).done;
    expect(code).toBe(130);
    expect(stderr).toContain('stopped: Stopped in epoch 1.\nhint: Resume with: distill-studio resume');
  });

  it('leaves at once on the second Ctrl-C', async () => {
    const never = (): Promise<never> => new Promise(() => undefined);
    const running = startRun(['run', recipe, '--json'], summary('running'), { wait: never, stop: never });
    await vi.waitFor(() => expect(running.engine.listeners(runTopic(summary('running').folder))).toBe(1));
    running.interrupt();
    running.interrupt();
    const { code, stdout } = await running.done;
    expect(code).toBe(130);
    expect(jsonLines(stdout).map(({ type }) => type)).toEqual(['started', 'stopping']);
  });

  it('stops a run that Ctrl-C met while it was starting', async () => {
    const stop = vi.fn<Handlers['runs']['stop']>(() => Promise.resolve(null));
    const running = startRun(['run', recipe], summary('cancelled'), {
      stop,
      start: () => {
        running.interrupt();
        return Promise.resolve({ folder: summary('cancelled').folder });
      },
    });
    expect((await running.done).code).toBe(130);
    expect(stop).toHaveBeenCalledOnce();
  });
});

describe('the demo', () => {
  const missing = !existsSync(resource('recipes', 'sample.json'));
  it.skipIf(missing)('draws its sample once, whole, and runs its recipe on it', async () => {
    const out = path.join(folder, 'demo');
    const started = vi.fn<Handlers['runs']['start']>(() =>
      Promise.resolve({ folder: summary('completed').folder }),
    );
    const sample = vi.fn<Handlers['dataset']['sample']>(async (input) => {
      await mkdir(input.folder, { recursive: true });
      return { folder: input.folder, train: 3870, test: 860 };
    });
    for (const drawn of [1, 1]) {
      const running = start(
        ['demo', '--out', 'demo'],
        {
          dataset: { sample },
          runs: { ...runHandlers(() => running.engine, summary('completed')), start: started },
        },
        { cwd: folder },
      );
      const { code, stdout } = await running.done;
      expect([code, sample.mock.calls.length]).toEqual([0, drawn]);
      expect(stdout).toContain(result.comparison.sentence);
      expect(started.mock.lastCall![0]).toMatchObject({
        data: path.join(out, 'drawn-signs'),
        out: path.join(out, 'runs'),
      });
    }
    expect(existsSync(path.join(out, 'drawn-signs'))).toBe(true);
    expect(existsSync(path.join(out, 'drawn-signs.unfinished'))).toBe(false);
  });
});

describe('the other commands', () => {
  it('evaluate passes mask, counts and beta on', async () => {
    const evaluate = vi.fn<Handlers['runs']['evaluate']>(() =>
      Promise.resolve({
        mask: { classes: [0, 1], names: ['Stop', 'Yield'] },
        vocabulary: 43,
        models: { student: { scores: result.models.student.test, perClass: [] } },
        comparison: { mcnemarP: null, sentence: 'There is no baseline.', agreement: null },
        unseen: {
          images: { seen: 20, unseen: 10 },
          classes: [1],
          correction: { expected: 'stated', reference: 'test halves', images: 30 },
          models: {
            student: {
              asIs: { seen: 0.9, unseen: 0.1, all: 0.6333, harmonicMean: 0.18 },
              amongUnseen: 1,
              corrected: { seen: 0.85, unseen: 0.7, all: 0.8, harmonicMean: 0.7677 },
              biases: [-1, 1],
            },
          },
        },
        tta: result.tta,
        notes: ['New data: 12 images.'],
      }),
    );
    const argv = ['evaluate', 'r', '--classes', '0-1,14', '--invert', '--tta', '0,5', '--beta', '0.1'];
    argv.push('--expected', '3,1');
    const { code, stdout } = await run(argv, { runs: { evaluate } }, { cwd: folder });
    expect(code).toBe(0);
    expect(evaluate.mock.calls[0]![0]).toMatchObject({
      folder: path.join(folder, 'r'),
      mask: { classes: [0, 1, 14], invert: true },
      tta: [0, 5],
      beta: 0.1,
      expected: [3, 1],
    });
    expect(stdout).toContain('2 classes: Stop, Yield');
    expect(stdout).toMatch(/student +with corrected biases +85\.00 % +70\.00 % +80\.00 % +76\.77 %/);
    expect(stdout).toMatch(/student +among unseen classes +– +100\.00 % +– +–/);
    expect(stdout).toContain('equals the stated share of that class');
    expect(stdout).toMatch(/5 \(beta 0\.1\) +student +98\.00 % +97\.90 %/);
  });

  it('predict shows what it can and ends with 1 where an image was unreadable', async () => {
    const predict: Handlers['runs']['predict'] = ({ images, role }) =>
      Promise.resolve(
        images.map((image, i) =>
          i === 0
            ? {
                image,
                error: null,
                latency: { ms: 3.2, low: 3.1, high: 3.4 },
                top5: [{ id: 14, name: `Stop by ${role}`, probability: 0.987 }],
              }
            : {
                image,
                error: { code: 'IMAGE_UNREADABLE', message: 'Not an image.', hint: '', retryable: false },
                latency: null,
                top5: [],
              },
        ),
      );
    const { code, stdout, stderr } = await run(
      ['predict', 'r', 'a.ppm', 'b.txt', '--model', 'teacher'],
      { runs: { predict } },
      { cwd: folder },
    );
    expect(stdout).toBe(
      'a.ppm  3.20 ms (3.10 to 3.40)\n   98.70 %  14  Stop by teacher\n\nb.txt\n  Not an image.\n',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('error: 1 of 2 images could not be read.');
  });

  it('inspect shows counts and what was skipped', async () => {
    const part = { images: 30, tracks: 1, sides: { min: 15, median: 43, max: 250 } };
    const inspect: Handlers['dataset']['inspect'] = ({ path: given }, { progress }) => {
      progress({ done: 30, total: 30 });
      return Promise.resolve({
        path: given,
        format: 'gtsrb',
        fingerprint: 'abc',
        classes: [{ id: 14, name: 'Stop', train: 30, tracks: 1, validation: 0, test: 0 }],
        train: part,
        validation: { images: 0, tracks: 0, sides: { min: 0, median: 0, max: 0 } },
        test: { images: 0, tracks: 0, sides: { min: 0, median: 0, max: 0 } },
        reading: { parts: [], table: null, notes: [] },
        leaks: [],
        skipped: [
          ...Array.from({ length: 21 }, (_, i) => ({
            file: `${i}.ppm`,
            reason: 'unreadable' as const,
            detail: 'cut short',
          })),
          { file: 'plan.heic', reason: 'unsupported' as const, detail: 'it is a HEIC photograph' },
        ],
      });
    };
    const unlabelled: Handlers['dataset']['unlabelled'] = ({ unlabelled: paths }) =>
      Promise.resolve({
        paths,
        images: 40,
        fingerprint: 'def',
        skipped: [{ file: 'a.png', reason: 'duplicate', detail: 'same content as 3.ppm of the test part' }],
      });
    const { stdout } = await run(
      ['inspect', 'd', '--unlabelled', 'more', '--unlabelled', 'even.zip'],
      { dataset: { inspect, unlabelled } },
      { cwd: folder },
    );
    expect(stdout).toContain('format gtsrb, 1 class');
    expect(stdout).toContain(
      'The student also learns from 40 images without labels, by its teacher alone.\n1 unlabelled image is left out',
    );
    expect(stdout).toContain('  a.png  same content as 3.ppm of the test part');
    expect(stdout).toContain(
      'training: 30 images in 1 track, sides 15 to 250 px, median 43\ntest: 0 images\n',
    );
    expect(stdout).toMatch(/^14 {2}Stop +30 +1 +0$/m);
    const drawn = 'images from the training images, and checks for duplicates then.';
    expect(stdout).toContain(`\nA run draws its validation and test ${drawn}\n`);
    expect(stdout).toMatch(/^22 files not used$/m);
    expect(stdout).toMatch(/^21 cannot be read\n {2}0\.ppm {2}cut short\n/m);
    expect(stdout).toMatch(/^ {2}\.\.\. and \d+ more; --json lists all$/m);
    expect(stdout).toContain(
      '\n\n1 in an image format that is not read\n  plan.heic  it is a HEIC photograph\n',
    );
    const lines = jsonLines(
      (
        await run(
          ['inspect', 'd', '--unlabelled', 'more', '--json'],
          { dataset: { inspect, unlabelled } },
          { cwd: folder },
        )
      ).stdout,
    );
    expect(lines.map(({ type }) => type)).toEqual(['call', 'result']);
    expect(lines.at(-1)).toMatchObject({ value: { unlabelled: { paths: [path.join(folder, 'more')] } } });
  });

  it('inspect lists what is in an ONNX file, and what states it', async () => {
    const inspectOnnx: Handlers['models']['inspectOnnx'] = ({ teacher }) =>
      Promise.resolve({
        file: teacher.path,
        bytes: 2000,
        values: 1,
        input: {
          ...{ name: 'x', type: 'float32', shape: ['n', 3, 24, 24], layout: 'NCHW', batch: null },
          ...{ size: 24, resize: null, values: 'unit', channels: 'RGB' },
        },
        origins: { size: 'graph', resize: 'recipe', values: 'beside', channels: 'usual' },
        outputs: [{ name: 'y', type: 'float32', shape: ['n', 50] }],
        ...{ read: 'y', gives: 'logits', count: 50, listed: null },
        classNames: Array.from({ length: 50 }, (_, i) => `class ${i}`),
      });
    const { stdout } = await run(['inspect', 'a.onnx'], { models: { inspectOnnx } }, { cwd: folder });
    expect(stdout).toMatch(/^values +0 to 1 +from preprocessor_config\.json beside it$/m);
    expect(stdout).toMatch(/^output +y, float32, \[n, 50\] +read: 50 classes, logits$/m);
    expect(stdout).toContain('39  class 39\n... and 10 more; --json lists all');
  });

  it('inspect names the parts that a run draws, and none where the dataset brings all', async () => {
    const part = (images: number) => ({ images, tracks: 0, sides: { min: 9, median: 9, max: 9 } });
    const textOf = async (validation: number, test: number): Promise<string> => {
      const inspect: Handlers['dataset']['inspect'] = ({ path: given }) =>
        Promise.resolve({
          path: given,
          format: 'class-folders',
          fingerprint: 'abc',
          classes: [],
          train: part(9),
          validation: part(validation),
          test: part(test),
          reading: { parts: [], table: null, notes: [] },
          leaks: [],
          skipped: [],
        });
      return (await run(['inspect', 'd'], { dataset: { inspect } }, { cwd: folder })).stdout;
    };
    expect(await textOf(0, 9)).toContain('draws its validation images');
    expect(await textOf(9, 0)).toContain('draws its test images');
    expect(await textOf(9, 9)).not.toContain('draws');
  });

  it('sample, lr-find, export, doctor and bench pass their options on and show what came back', async () => {
    const sample = vi.fn<Handlers['dataset']['sample']>(({ folder: at }) =>
      Promise.resolve({ folder: at, train: 3870, test: 860 }),
    );
    const drawn = await run(
      ['sample', 's', '--seed', '7', '--tracks', '2', '--test', '5'],
      { dataset: { sample } },
      { cwd: folder },
    );
    expect(drawn.stdout).toBe('3870 images to train and 860 to test in s\n');
    expect(sample.mock.calls[0]![0]).toEqual({
      folder: path.join(folder, 's'),
      seed: 7,
      tracksPerClass: 2,
      testPerClass: 5,
    });

    const findLearningRate = vi.fn<Handlers['training']['findLearningRate']>(() =>
      Promise.resolve({
        learningRates: [1e-7],
        losses: [1],
        suggestions: { valley: 0.0021, steep: 0.01, minimum: null },
      }),
    );
    const found = await run(['lr-find', recipe, '--role', 'teacher'], { training: { findLearningRate } });
    expect(found.stdout).toMatch(/valley +2\.1e-3/);
    expect(findLearningRate.mock.calls[0]![0]).toMatchObject({ role: 'teacher', data: null });

    const exported = vi.fn<Handlers['runs']['export']>(() =>
      Promise.resolve({ files: [path.join(folder, 'w.safetensors')], written: [], rows: [], notes: [] }),
    );
    const files = await run(
      ['export', 'r', '--format', 'safetensors', '--out', 'w'],
      { runs: { export: exported } },
      { cwd: folder },
    );
    expect(files.stdout).toBe('w.safetensors\n');
    expect(exported.mock.calls[0]![0]).toMatchObject({
      formats: ['safetensors'],
      out: path.join(folder, 'w'),
    });

    const tables = () =>
      Promise.resolve({ files: [path.join(folder, 'r-scores.csv')], written: [], rows: [], notes: [] });
    const withTables = await run(['export', 'r'], { runs: { export: tables } }, { cwd: folder });
    expect(withTables.stdout).toMatch(/^r-scores\.csv\nIn CSV files, .* an apostrophe before them/);

    const doctor: Handlers['system']['doctor'] = ({ backend }) =>
      Promise.resolve({
        version: '0.1.0',
        node: 'v20',
        platform: 'linux x64',
        cpu: 'A processor',
        cores: 2,
        memoryBytes: 8e9,
        freeMemoryBytes: 4e9,
        gpu: null,
        backends: [{ name: 'tensorflow', available: false, detail: 'Not installed.', hint: 'Install it.' }],
        chosen: 'cpu',
        reason: `Asked for ${backend}.`,
      });
    const report = await run(['doctor', '--backend', 'cpu'], { system: { doctor } });
    expect(report.stdout).toMatch(/tensorflow +no +Not installed\.\n +Install it\./);
    expect(report.stdout).toContain('Chosen: cpu. Asked for cpu.');

    const bench = vi.fn<Handlers['system']['bench']>(() =>
      Promise.resolve({
        backend: 'onnxruntime',
        rows: [{ name: 'step', imagesPerSecond: 57.3, medianMs: 558, minMs: 540, maxMs: 612 }],
      }),
    );
    const measured = await run(['bench', '--size', '32', '--batch-size', '8', '--workers', '2'], {
      system: { bench },
    });
    expect(measured.stdout).toMatch(/step +57\.3 +558 ms +540 ms +612 ms/);
    expect(bench.mock.calls[0]![0]).toMatchObject({
      architecture: 'resnet18',
      size: 32,
      batchSize: 8,
      steps: 9,
      runtime: { workers: 2 },
    });
  });

  it('is cancelled by Ctrl-C', async () => {
    let working = false;
    const inspect: Handlers['dataset']['inspect'] = (_input, { signal }) =>
      new Promise((_resolve, reject) => {
        working = true;
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const running = start(['inspect', 'd'], { dataset: { inspect } });
    await vi.waitFor(() => expect(working).toBe(true));
    running.interrupt();
    expect(await running.done).toMatchObject({ code: 130, stdout: '' });
  });
});
