import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharesOf } from '../../../electron/contract/ensemble.ts';
import { findSyntaxFault } from '../../../electron/platform/json-syntax.ts';
import { readRecipe } from '../../../electron/platform/recipe-file.ts';
import type { RecipeInput } from '../../../electron/contract/recipe.ts';

const recipe: RecipeInput = {
  version: 2,
  name: 'test',
  teacher: { source: 'train', model: { architecture: 'cifar_resnet14' } },
  student: { model: { architecture: 'cifar_resnet8' } },
};

describe('a recipe file', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  const write = async (text: string): Promise<string> => {
    await writeFile(file('recipe.json'), text);
    return file('recipe.json');
  };
  const failure = async (value: unknown): Promise<string> => {
    const written = await write(typeof value === 'string' ? value : JSON.stringify(value));
    return readRecipe(written).then(
      () => 'no failure',
      (error: unknown) => (error as Error).message.replace(written, 'FILE'),
    );
  };
  beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'distill-recipe-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('comes with its defaults and with paths relative to it made absolute', async () => {
    const given: RecipeInput = {
      ...recipe,
      data: { path: '../data', classNames: 'names.csv' },
      teacher: { source: 'run', path: 'runs/t' },
      student: { ...recipe.student, weights: path.resolve('/w.pth') },
    };
    const read = await readRecipe(await write(`\uFEFF${JSON.stringify(given)}`));
    expect(read.data).toMatchObject({ path: path.resolve(folder, '../data'), classNames: file('names.csv') });
    expect(read.teacher).toMatchObject({ path: file('runs/t'), role: 'teacher' });
    expect(read.student.weights).toBe(path.resolve('/w.pth'));
    expect(read.data.image.size).toBe(96);
    expect((await readRecipe(await write(JSON.stringify(recipe)))).data.path).toBeNull();
  });

  it('has the files of several teachers made absolute, and equal weights unless given', async () => {
    const run = { source: 'run', path: 'runs/t' } as const;
    const onnx = { source: 'onnx', path: 'nets/a.onnx', classes: 'names.txt' } as const;
    const members = [{ teacher: run }, { weight: 3, teacher: onnx }];
    const { teacher } = await readRecipe(
      await write(JSON.stringify({ ...recipe, teacher: { source: 'ensemble', members } })),
    );
    expect(teacher).toMatchObject({
      average: 'probabilities',
      members: [
        { weight: 1, teacher: { path: file('runs/t'), role: 'teacher' } },
        { weight: 3, teacher: { path: file('nets/a.onnx'), classes: file('names.txt') } },
      ],
    });
    if (teacher.source === 'ensemble') expect(sharesOf(teacher)).toEqual([0.25, 0.75]);
  });

  it.each<[string, unknown, string]>([
    [
      'an ensemble of one',
      { ...recipe, teacher: { source: 'ensemble', members: [{ teacher: { source: 'run', path: 'a' } }] } },
      'teacher.members: ',
    ],
    [
      'an ensemble that trains',
      { ...recipe, teacher: { source: 'ensemble', members: [{ teacher: recipe.teacher }] } },
      'teacher.members[0].teacher.source: ',
    ],
    [
      'a mistyped key',
      { ...recipe, data: { image: { sise: 32 } } },
      'data.image.sise: unknown key; did you mean "size"?',
    ],
    [
      'a mistyped key of version 1, behind a preset',
      { ...recipe, version: 1, distillation: { preset: 'hinton', temprature: 3 } },
      'distillation.temprature: unknown key; did you mean "temperature"?',
    ],
    [
      'a mistyped key behind a preset',
      { ...recipe, distillation: { preset: 'hinton', label: { weight: 1 } } },
      'distillation.label: unknown key; did you mean "labels"?',
    ],
    [
      'a mistyped key of a term',
      { ...recipe, distillation: { terms: [{ method: 'soft-target', temprature: 3 }] } },
      'distillation.terms[0].temprature: unknown key; did you mean "temperature"?',
    ],
    [
      "a key that only another method's term has",
      { ...recipe, distillation: { terms: [{ method: 'logits', temperature: 3 }] } },
      'distillation.terms[0].temperature: unknown key',
    ],
    [
      'a mistyped method',
      { ...recipe, distillation: { terms: [{ method: 'fitnets' }] } },
      'did you mean "fitnet"?',
    ],
    [
      'a weight out of range, as one of two kinds',
      { ...recipe, distillation: { labels: { weight: -1 } } },
      'distillation.labels.weight: expected at least 0, got -1',
    ],
    [
      'a weight of no kind',
      { ...recipe, distillation: { labels: { weight: 'much' } } },
      'distillation.labels.weight: expected a number or an object, got "much"',
    ],
    ['a key like no other', { ...recipe, colour: 1 }, 'colour: unknown key'],
    [
      'a mistyped name',
      { ...recipe, student: { model: { architecture: 'resnet81' } } },
      'got "resnet81"; did you mean "resnet18"?',
    ],
    [
      'a number too small',
      { ...recipe, data: { image: { size: 4 } } },
      'data.image.size: expected at least 8, got 4',
    ],
    [
      'a fraction of 1',
      { ...recipe, data: { testFraction: 1 } },
      'data.testFraction: expected less than 1, got 1',
    ],
    ['a fractional seed', { ...recipe, seed: 1.5 }, 'seed: expected a whole number, got 1.5'],
    ['a text for a number', { ...recipe, seed: '1' }, 'seed: expected a number, got "1"'],
    ['a list for an object', { ...recipe, data: [] }, 'data: expected an object, got a list of 0'],
    [
      'a wrong stage',
      { ...recipe, student: { ...recipe.student, training: { stages: [{ epochs: 0 }] } } },
      'student.training.stages[0].epochs: expected at least 1, got 0',
    ],
    [
      'no stages',
      { ...recipe, student: { ...recipe.student, training: { stages: [] } } },
      'expected at least 1 entry, got a list of 0',
    ],
    ['a missing part', { ...recipe, student: undefined }, 'student: missing; expected an object'],
    ['a wrong kind of teacher', { ...recipe, teacher: { source: 'web' } }, 'teacher.source: expected'],
    [
      'a wrong alternative',
      { ...recipe, data: { trainClasses: 'some' } },
      'data.trainClasses: expected "all" or a list, got "some"',
    ],
    [
      'a wrong value inside an alternative',
      { ...recipe, data: { trainClasses: [3, -1] } },
      'data.trainClasses[1]: expected at least 0, got -1',
    ],
    ['another version', { ...recipe, version: 3 }, 'version: expected 2 or 1, got 3'],
    ['no version', { ...recipe, version: undefined }, 'version: missing; expected 2 or 1'],
    ['a name of two lines', { ...recipe, name: 'a\nb' }, 'a single line of printable characters only'],
    ['no object at all', [1], 'the whole: expected an object, got a list of 1'],
  ])('names %s', async (_what, value, message) => expect(await failure(value)).toContain(message));

  it('names all faults, a line each', async () => {
    const message = await failure({ ...recipe, seed: -1, baselin: true });
    expect(message.split('\n').slice(1)).toEqual([
      '  seed: expected at least 0, got -1',
      '  baselin: unknown key; did you mean "baseline"?',
    ]);
  });

  it.each([
    ['names', Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`name${i}`, 0]))],
    ['values of one list', { trainClasses: Array.from({ length: 101 }, () => -1) }],
  ])('describes no more than 100 of its wrong %s', async (_what, data) => {
    const [first, ...lines] = (await failure({ ...recipe, data })).split('\n');
    expect(first).toContain('in at least 100 places');
    expect(lines.length).toBeLessThanOrEqual(100);
  });

  it.each([
    ['{"a": 1,}', 1, 9, 'a comma before "}" is not allowed'],
    ['[1, 2,\n]', 2, 1, 'a comma before "]" is not allowed'],
    ['{"a": 1\n "b": 2}', 2, 2, 'expected a comma or "}"'],
    ['{"a" 1}', 1, 6, 'expected a colon after the name'],
    ['{a: 1}', 1, 2, '"a" is not a JSON value; texts stand in double quotes'],
    ["{'a': 1}", 1, 2, 'texts stand in double quotes, not single ones'],
    ['{\n  // no\n}', 2, 3, 'comments are not allowed'],
    ['{"a": NaN}', 1, 7, '"NaN" is not a JSON value; texts stand in double quotes'],
    ['{"a": 01}', 1, 8, 'expected a comma or "}"'],
    ['{"a": "b\nc"}', 1, 7, 'this text has no closing quote on its line, or a wrong escape in it'],
    ['{"a": {"b": 1}', 1, 15, 'expected a comma or "}", but the file ends'],
    ['', 1, 1, 'expected a value, but the file ends'],
    ['{"a": [1}', 1, 9, 'expected a comma or "]"'],
    ['{} {}', 1, 4, 'expected nothing more after the end'],
  ])('that is not JSON (%j) is reported by line %d, column %d', async (text, line, column, message) => {
    expect(() => void JSON.parse(text)).toThrow(SyntaxError);
    expect(findSyntaxFault(text)).toEqual({ line, column, message });
    expect(await failure(text)).toBe(
      `The recipe FILE is not JSON, line ${line}, column ${column}: ${message}.`,
    );
  });

  it('finds no fault in JSON', () => {
    const good = [{ a: [1, -0.5e-7, 'x"\\\n\u0000ü€𝄞', null, true, false, {}, []], '': {} }, 'text', 0, []];
    for (const value of good) {
      expect(findSyntaxFault(JSON.stringify(value))).toBeNull();
      expect(findSyntaxFault(` ${JSON.stringify(value, null, '\t')}\r\n`)).toBeNull();
    }
  });

  it('says where there is no file, or a folder', async () => {
    await expect(readRecipe(file('none.json'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(readRecipe(folder)).rejects.toThrow('is a folder');
  });
});
