import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { UnseenEvaluation } from '../../../electron/contract/unseen.ts';
import type { ExportRow } from '../../../electron/contract/result.ts';
import type { ReportData } from '../../../electron/engine/export/report/data.ts';
import { shownMistakes } from '../../../electron/engine/export/report/mistakes.ts';
import { renderReport } from '../../../electron/engine/export/report/render.ts';
import { fakeReport } from './fake-run.ts';

const names = ['Stop', 'Yield', 'No entry', 'Road work', 'Speed limit (20km/h)', 'Keep right', 'Keep left'];
const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "O'Neill & <b>Söhne</b>",
  '${1}',
  ...names,
];

const withoutSpaces = (text: string) => text.replaceAll('\u00a0', ' ');
/** What a person reads: text without tags, in one line. */
const textOf = (html: string) =>
  withoutSpaces(html.replace(/<style>[\s\S]*?<\/style>/g, '').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ');

const voidElements = new Set(['meta', 'br', 'img', 'wbr', 'link', 'input', 'hr']);

/** Every element that is opened is closed again in its turn; returns the names of all elements. */
function elementsOf(html: string): Set<string> {
  const open: string[] = [];
  const found = new Set<string>();
  for (const [, close, name, self] of html.matchAll(/<(\/?)([a-zA-Z][\w-]*)(?:"[^"]*"|[^">])*?(\/?)>/g)) {
    const element = name!.toLowerCase();
    found.add(element);
    if (close) expect(open.pop(), `what </${element}> closes`).toBe(element);
    else if (!self && !voidElements.has(element)) open.push(element);
  }
  expect(open).toEqual([]);
  return found;
}

const variants: [string, ReportData][] = [
  ['with everything', fakeReport(names)],
  ['with classes left out', fakeReport(names, { unseen: 2 })],
  ['without a baseline', fakeReport(names, { baseline: false })],
  ['with hostile names', fakeReport(hostile)],
  ['with exports', exported()],
  ['of many classes', fakeReport(Array.from({ length: 70 }, (_, id) => `Class ${id}`))],
  ['without curves, import report and test-time augmentation', bare()],
];

/** With two files of the student, one of which fell short. */
function exported(): ReportData {
  const data = fakeReport(names);
  const row: ExportRow = {
    format: 'onnx',
    role: 'student',
    file: 'r-student.onnx',
    bytes: 261_000,
    runtime: 'onnxruntime-node 1.30.0',
    n: 6315,
    accuracy: 0.9561,
    f1Macro: 0.9412,
    logLoss: 0.1234,
    agreement: 1,
    largestDifference: 2e-6,
    latency: { ms: 0.31, low: 0.3, high: 0.36 },
    findings: [],
    notes: [],
  };
  const short = {
    ...row,
    format: 'tfjs' as const,
    largestDifference: 0.25,
    findings: ['Its channels are <swapped>.'],
    notes: ['One layer & no more.'],
  };
  return { ...data, result: { ...data.result, exports: [row, short] } };
}

test('exports are a table; what fell short stands above it', () => {
  const text = textOf(renderReport(exported()));
  expect(text).toContain('TensorFlow.js: Its channels are &lt;swapped&gt;. ');
  expect(text).toMatch(
    /ONNX 261 kB 95\.61 % 94\.12 % 0\.1234 100\.00 % &lt; 0\.0001 0\.31 ms \(0\.3 to 0\.36\) TensorFlow\.js \(fell short\) .* 0\.2500 /,
  );
  expect(text).toContain('TensorFlow.js: One layer &amp; no more.');
  expect(renderReport(fakeReport(names))).not.toContain('id="exports"');
});

test('classes that the student was not trained on are a table of three ways to evaluate them', () => {
  const data = fakeReport(names);
  const student = {
    asIs: { seen: 0.9501, unseen: 0.018, all: 0.7557, harmonicMean: 0.0353 },
    amongUnseen: 0.699,
    corrected: { seen: 0.925, unseen: 0.6885, all: 0.8757, harmonicMean: 0.7894 },
    biases: [0],
  };
  const unseen: UnseenEvaluation = {
    images: { seen: 4998, unseen: 1317 },
    classes: [0, 1],
    correction: { expected: 'teacher', reference: 'test halves', images: 6315 },
    models: { student },
  };
  const text = textOf(renderReport({ ...data, result: { ...data.result, unseen } }));
  expect(text).toMatch(/As it is any class may be predicted 95\.01 % 1\.80 % 75\.57 % 3\.53 %/);
  expect(text).toMatch(/Among unseen classes only an unseen class may be predicted – 69\.90 % – –/);
  expect(text).toMatch(
    /With corrected biases any class may be predicted 92\.50 % 68\.85 % 87\.57 % 78\.94 %/,
  );
  expect(text).toContain('1,317 images of 2 classes');
  expect(renderReport(data)).not.toContain('id="unseen"');
});

/** As a run leaves it whose teacher came from a file and whose student was perfect on nothing. */
function bare(): ReportData {
  const data = fakeReport(['a'], { baseline: false });
  const { result } = data;
  const nothing = { n: 0, accuracy: NaN, top5: NaN, f1Weighted: NaN, f1Macro: NaN, logLoss: NaN, ece: NaN };
  const model = {
    ...result.models.student,
    bestEpoch: null,
    trainingSeconds: null,
    imagesPerSecond: null,
    test: nothing,
    validation: null,
  };
  return {
    ...data,
    metrics: [],
    importReport: null,
    recipe: {
      ...data.recipe,
      teacher: { source: 'run', path: 'runs/earlier', role: 'student' },
      baseline: false,
    },
    result: {
      ...result,
      models: { teacher: model, student: model, baseline: null },
      mistakes: { teacher: [], student: [], baseline: null },
      tta: [],
    },
  };
}

test.each(variants)('the report %s is one well-formed file that needs nothing else', (_, data) => {
  const html = renderReport(data);
  const elements = elementsOf(html.replace('<!doctype html>', ''));
  for (const foreign of ['script', 'link', 'iframe', 'object', 'embed', 'base', 'b>Söhne'])
    expect(elements).not.toContain(foreign);
  // Addresses stand in names of XML vocabularies only.
  expect(html.replace(/ xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(
    /https?:|src="(?!data:)|href=|@import|url\((?!#)/,
  );
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(textOf(html)).not.toMatch(/undefined|NaN|\[object|Infinity/);
});

test('names from outside are text wherever they stand', () => {
  const data = fakeReport(hostile);
  const evil = '</title><script>alert(2)</script>';
  const result = {
    ...data.result,
    name: evil,
    backend: evil,
    comparison: { ...data.result.comparison, sentence: evil },
  };
  const html = renderReport({ ...data, result });
  expect(html).not.toMatch(/<script|<img src=x|<b>Söhne/);
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).toContain('&lt;/title&gt;&lt;script&gt;alert(2)');
  elementsOf(html.replace('<!doctype html>', ''));
});

test('a report forbids scripts and network by itself, before anything else is in it', () => {
  const html = renderReport(fakeReport(['one', 'two']));
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html);
  const rules = policy![1]!.replaceAll('&#39;', "'").split('; ');
  expect(rules).toContain("default-src 'none'");
  expect(rules.filter((rule) => /^(script|connect|frame|object|worker)-src/.test(rule))).toEqual([]);
  // What stands before it is not under it.
  expect(html.slice(0, policy!.index)).not.toMatch(/<(script|style|link|img|title)/);
});

test('what was held out is described as it was: tracks, or images where there are none, and the test where it was held out too', () => {
  const of = (tracks: number, testImages: number) => {
    const data = fakeReport(names);
    const { train, test: testPart } = data.importReport!;
    const { split } = data.recipe.data;
    return textOf(
      renderReport({
        ...data,
        importReport: {
          ...data.importReport!,
          train: { ...train, tracks },
          test: { ...testPart, images: testImages },
        },
        recipe: {
          ...data.recipe,
          data: {
            ...data.recipe.data,
            testFraction: 0.25,
            split: { ...split, method: 'track-random', fraction: 0.2 },
          },
        },
      }),
    );
  };
  const tracks = of(12, 100);
  expect(tracks).toContain('20 % of the tracks were drawn and held out as a whole');
  expect(tracks).not.toContain('For testing');
  const images = of(0, 0);
  expect(images).toContain(
    'For validation, 20 % of the images of each class were drawn and held out. For testing, 25 % of the images of each class were drawn and held out.',
  );
  expect(images).not.toContain('of the tracks');
  expect(of(12, 0)).toContain('For testing, 25 % of the tracks of each class');
});

test('the figures are those of the result', () => {
  const data = fakeReport(names, { unseen: 2 });
  data.result.models.student.test = {
    n: 6315,
    accuracy: 0.95416,
    top5: 0.99921,
    f1Weighted: 0.9537,
    f1Macro: 0.94123,
    logLoss: 0.15346,
    ece: 0.01127,
  };
  data.result.models.teacher.test = { ...data.result.models.student.test, accuracy: 0.96532 };
  const text = textOf(renderReport(data));
  expect(text).toContain('Parameters 701,675 64,212 64,212 10.9× fewer');
  expect(text).toContain('Multiply-adds per image 98.2 M 3.41 M 3.41 M 28.8× fewer');
  expect(text).toContain('Weights file 2.82 MB 260 kB 260 kB 10.8× smaller');
  expect(text).toMatch(/Test images \(6,315 images\) Accuracy 96.53 % 95.42 % [\d.]+ % −1.12 points/);
  expect(text).toMatch(/top-5 99.92 % 99.92 % [\d.]+ % ±0.00 points/);
  expect(text).toMatch(/macro 94.12 % 94.12 %/);
  expect(text).toMatch(/Log loss lower is better 0.1535 0.1535 [\d.]+ 0.0000 /);
  expect(text).toMatch(/Calibration error lower is better 1.13 % 1.13 %/);
  expect(text).toContain(
    '143 only by the student, 86 only by the baseline (exact McNemar test, p = 0.00031)',
  );
  expect(text).toMatch(/ in batches of \d+ by AdamW \(weight decay 0\.01\)/);
  expect(text).toContain('2 classes were left out of training (Stop and Yield)');
  expect(text).toContain('231 files are not used: 230 same content as another file; 1 cannot be read.');
  expect(text).toContain('the first 200 of 231');
  const { teacher, student, baseline } = data.result.perClass;
  const figures = [teacher, student, baseline!].flatMap((classes) => {
    const { precision, recall, f1 } = classes[3]!;
    return [precision, recall, f1].map((value) => `${(value * 100).toFixed(1)} %`);
  });
  expect(text).toContain(`3 Road work ${student[3]!.support} ${figures.join(' ')}`);
});

test('five classes or fewer have no top-5 accuracy, and a count in every cell of the matrix', () => {
  const few = fakeReport(names.slice(0, 5));
  const html = renderReport(few);
  expect(html).not.toContain('top-5');
  expect(html).toContain('matrix counted');
  const right = few.result.confusion.student[0]![0]!;
  expect(html).toMatch(new RegExp(`images right</title>[^>]*>\\s*<text class="count"[^>]*>${right}<`));
  expect(renderReport(fakeReport(names))).toContain('top-5');
});

test('the confusion matrix shows every mistake with its count', () => {
  const data = fakeReport(names);
  const html = renderReport(data);
  const titles = [...html.matchAll(/<title>([^<]*) taken for ([^<]*): (\d+) images?<\/title>/g)];
  const expected = data.result.confusion.student.flatMap((row, label) =>
    row.flatMap((count, predicted) =>
      label === predicted || count === 0 ? [] : [`${names[label]} ${names[predicted]} ${count}`],
    ),
  );
  expect(titles.map(([, label, predicted, count]) => `${label} ${predicted} ${count}`).sort()).toEqual(
    expected.sort(),
  );
});

test('mistakes come with their images, and say so where one was not kept', () => {
  const data = fakeReport(names);
  const keys = shownMistakes(data.result.mistakes);
  const student = data.result.mistakes.student.slice(0, 24).map(({ key }) => key);
  expect(keys.slice(0, student.length)).toEqual(student);
  const html = renderReport({ ...data, mistakeImages: { [student[0]!]: 'data:image/png;base64,AAAA' } });
  // The baseline may be wrong about the same image; every role shows its own first.
  const { teacher, baseline } = data.result.mistakes;
  const shown = [...student, ...[...teacher.slice(0, 12), ...baseline!.slice(0, 12)].map(({ key }) => key)];
  const kept = shown.filter((key) => key === student[0]).length;
  expect(html.match(/src="data:image\/png;base64,AAAA"/g)).toHaveLength(kept);
  expect(html.match(/The image was not kept/g)).toHaveLength(shown.length - kept);
});

test('the same data gives the same bytes', () => {
  expect(renderReport(fakeReport(names))).toBe(renderReport(fakeReport(names)));
});

const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

test.skipIf(!chromium)(
  'a browser builds the page as it was meant (skipped where there is no Chromium)',
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'distill-report-'));
    try {
      const file = path.join(folder, 'report.html');
      writeFileSync(file, renderReport(fakeReport(hostile)));
      const run = spawnSync(
        chromium!,
        [
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-background-networking',
          `--user-data-dir=${folder}/profile`,
          '--dump-dom',
          `file://${file}`,
        ],
        { encoding: 'utf8', timeout: 25_000, maxBuffer: 64e6 },
      );
      const main = run.stdout.slice(run.stdout.indexOf('<main>'), run.stdout.indexOf('</main>'));
      // A parser that had to mend something would have moved sections out of main or into one another.
      expect(main.match(/<section id=/g)).toHaveLength(10);
      expect(main.match(/<svg role="img"/g)).toHaveLength(11);
      expect(main).not.toContain('<script');
      expect(textOf(main)).toContain('<script>alert(1)</script>'.replace(/</g, '&lt;').replace(/>/g, '&gt;'));
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
  30_000,
);

test('speaks of no baseline and of no labels where there are none', () => {
  const data = fakeReport(names, { baseline: false, unseen: 2 });
  const { distillation, teacher } = data.recipe;
  const given = { source: 'run', path: '/runs/earlier', role: 'teacher' } as const;
  const recipe = { ...data.recipe, distillation: { ...distillation, labels: { weight: 0 } } };
  const words = textOf(renderReport({ ...data, recipe: { ...recipe, teacher: given } }));
  expect(words).not.toContain('and baseline');
  expect(words).toContain(
    'the student never saw an image of them, yet has an output for each and is evaluated',
  );
  expect(words).not.toContain('learned from the labels');
  expect(words).toMatch(/It learned from the teacher’s [^;]* alone; the teacher saw/);
  const plain = { ...data.recipe, teacher, distillation: { ...distillation, terms: [] } };
  expect(textOf(renderReport({ ...data, recipe: plain }))).not.toContain('knowledge distillation');
});
