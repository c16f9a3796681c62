import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readSweep } from '../../../electron/platform/sweep-file.ts';
import { recipe, temporaryFolder } from '../run-folder/support.ts';

test('paths in axes are relative to the file, as those of the base recipe are', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'sweep.json');
  const base = { ...recipe(), data: { path: 'images' } };
  const members = [
    { teacher: { source: 'run', path: 'runs/a' } },
    { teacher: { source: 'run', path: '/b' } },
  ];
  const axes = [
    { name: 'data', field: 'data.path', values: ['few', null] },
    { name: 'weights', field: 'student.weights', values: ['w.pth', 'torchvision:resnet18'] },
    { name: 'first', field: 'teacher.members[0].teacher.path', values: ['runs/c'] },
    { name: 'architecture', field: 'student.model.architecture', values: ['resnet18'] },
    {
      name: 'teacher',
      patches: { both: { teacher: { source: 'ensemble', members } }, usual: { name: 'images' } },
    },
  ];
  await writeFile(file, JSON.stringify({ version: 1, name: 'paths', base, axes }));
  const read = await readSweep(file);
  const at = (...parts: string[]) => path.join(folder, ...parts);
  expect(read.base.data.path).toBe(at('images'));
  expect(read.axes.map((axis) => ('values' in axis ? axis.values : axis))).toMatchObject([
    [at('few'), null],
    [at('w.pth'), 'torchvision:resnet18'],
    [at('runs', 'c')],
    ['resnet18'],
    {
      patches: {
        both: {
          teacher: {
            members: [{ teacher: { path: at('runs', 'a') } }, { teacher: { path: path.resolve('/b') } }],
          },
        },
        usual: { name: 'images' },
      },
    },
  ]);
});
