import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallContext } from '../../../electron/contract/method.ts';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { checkTeacher } from '../../../electron/engine/run/check-teacher-alone.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { meansNetwork } from '../deployed/onnx-files.ts';

/** Images of 8 x 8 pixels that are mostly red, green or blue, in folders of these names. */
const names = ['blue', 'green', 'red'];
const perClass = 20;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'check-teacher-'));
  for (const [id, name] of names.entries()) {
    await mkdir(path.join(folder, 'data', name), { recursive: true });
    for (let i = 0; i < perClass; i++) {
      // Its channel is 2 for blue, whose folder comes first.
      const pixels = new Uint8Array(8 * 8 * 3).map((_, at) => (at % 3 === 2 - id ? 180 : 40 + i));
      const image = Buffer.concat([Buffer.from('P6\n8 8\n255\n'), pixels]);
      await writeFile(path.join(folder, 'data', name, `${i}.ppm`), image);
    }
  }
  await writeFile(path.join(folder, 'data', 'red', 'broken.ppm'), 'P6\n8 8\n255\n');
  await writeFile(path.join(folder, 'means.onnx'), meansNetwork({ input: { dims: ['n', 3, 'h', 'w'] } }));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  // The check chose the best one.
  await useCpuBackend();
});

const model = { architecture: 'cifar_resnet8' };
function check(teacher: object, context: Partial<CallContext> = {}) {
  const recipe = recipeSchema.parse({
    version: 2,
    name: 'check',
    data: {
      path: path.join(folder, 'data'),
      image: { size: 8 },
      split: { method: 'stratified', fraction: 0.5 },
    },
    teacher,
    student: { model },
  });
  return checkTeacher(
    { recipe },
    { signal: new AbortController().signal, progress: () => undefined, ...context },
  );
}
const onnx = (classes: string[] | null, hints: object = {}) => ({
  source: 'onnx',
  path: path.join(folder, 'means.onnx'),
  classes,
  hints: { values: 'unit', ...hints },
});

test('a teacher is evaluated on held-out images before anything trains', async () => {
  const phases = new Set<string | undefined>();
  const found = await check(onnx(['red', 'green', 'blue']), {
    progress: ({ phase }) => phases.add(phase),
  });
  expect(found).toMatchObject({ verdict: 'fine', hint: null });
  expect(found.message).toMatch(/^The teacher gets (\d+) of \1 held-out images right\.$/);
  expect([...phases]).toEqual(['import', 'check']);
});

test('one that takes its channels otherwise gets the hint', async () => {
  expect(await check(onnx(['red', 'green', 'blue'], { channels: 'BGR' }))).toMatchObject({
    verdict: 'wrong',
    message: expect.stringContaining('red, green, blue') as string,
    hint: 'Set teacher.hints.channels to "RGB".',
  });
});

test('a teacher that is yet to be trained cannot be checked', async () => {
  await expect(check({ source: 'train', model })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
