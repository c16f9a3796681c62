import { expect, it, vi } from 'vitest';
import { findPublished, type WeightsEntry } from '../../../electron/contract/published-weights.ts';
import type { Handlers } from '../../../electron/contract/services.ts';
import { jsonLines, run } from './fake-terminal.ts';

const entry = (name: string, more: Partial<WeightsEntry>): WeightsEntry => ({
  ...findPublished(name)!,
  url: `https://download.pytorch.org/models/${findPublished(name)!.file}`,
  bytes: 46_830_571,
  state: 'missing',
  haveBytes: 0,
  path: `/work-folder/weights/${findPublished(name)!.file}`,
  ...more,
});

const entries = [
  entry('resnet18', { state: 'whole', haveBytes: 46_830_571 }),
  entry('resnet50', { state: 'partial', haveBytes: 12_000_000 }),
  entry('mobilenet_v2', {}),
];

it('lists published weights with their accuracy, size, place and source', async () => {
  const list = () => Promise.resolve({ folder: '/work-folder/weights', entries });
  const { code, stdout } = await run(['weights', 'list'], { weights: { list } });
  expect(code).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[1]).toMatch(
    /^ResNet18_Weights\.IMAGENET1K_V1 +resnet18 +69\.76 % +46\.8 MB +here +https:\S+resnet18-f37072fd\.pth$/,
  );
  expect(lines[2]).toMatch(/resnet50 +80\.86 % +46\.8 MB +12 MB here /);
  expect(stdout).toContain('Kept in weights. Licence: BSD-3-Clause');
  expect(stdout).toContain('trained on ImageNet');

  const json = await run(['--json', 'weights', 'list'], { weights: { list } });
  expect(jsonLines(json.stdout)).toEqual([
    { type: 'result', command: 'weights list', value: { folder: '/work-folder/weights', entries } },
  ]);
});

it('fetches by name and adds by file, with progress', async () => {
  const fetch = vi.fn<Handlers['weights']['fetch']>((_, { progress }) => {
    progress({ done: 23_000_000, total: 46_830_571 });
    return Promise.resolve(entries[0]!);
  });
  const add = vi.fn<Handlers['weights']['add']>(() => Promise.resolve(entries[0]!));
  const fetched = await run(['--json', 'weights', 'fetch', 'resnet18'], { weights: { fetch } });
  expect(fetch.mock.calls[0]![0]).toEqual({ name: 'resnet18' });
  expect(jsonLines(fetched.stdout)).toEqual([
    { type: 'call', what: 'downloading resnet18', done: 23_000_000, total: 46_830_571 },
    { type: 'result', command: 'weights fetch', value: entries[0] },
  ]);
  const added = await run(['weights', 'add', 'stick/some.pth'], { weights: { add } });
  expect(add.mock.calls[0]![0]).toEqual({ file: '/work-folder/stick/some.pth' });
  expect(added.stdout).toBe(
    'ResNet18_Weights.IMAGENET1K_V1 is in weights/resnet18-f37072fd.pth (46.8 MB; 69.76 % top-1 on ImageNet).\n',
  );
});
