import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ownReading } from '../../../electron/contract/recipe/reading.ts';
import type { CallProgress } from '../../../electron/contract/method.ts';
import { zipOf } from '../../support/zip.ts';
import { folderOf, ppm } from './fixture.ts';
import { previews, quiet } from './datasets.ts';

const files = { 'a/1.ppm': ppm(1), 'a/2.ppm': ppm(2), 'b/3.ppm': ppm(3) };

it('surveys a dataset once, for all who ask', async () => {
  const { datasets } = previews();
  const name = { path: folderOf(files), classNames: null, reading: ownReading };
  const [first, second] = await Promise.all([
    datasets.dataset(name, quiet()),
    datasets.dataset(name, quiet()),
  ]);
  expect(second).toBe(first);
  expect(await datasets.dataset(name, quiet())).toBe(first);
  expect(await datasets.report(name, quiet())).toBe(first.report);
  const other = await datasets.dataset({ ...name, path: folderOf(files) }, quiet());
  expect(other.train).toEqual(first.train);
});

it('reports the progress to each caller, and lets one cancel alone', async () => {
  const { inspect } = previews();
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [`${'ab'[i % 2]!}/${i}.ppm`, ppm(i % 256, 3 + (i >> 8))]),
  );
  const name = { path: folderOf(many), classNames: null, reading: ownReading };
  const abort = new AbortController();
  const reported: CallProgress[] = [];
  const cancelled = inspect(name, { signal: abort.signal, progress: () => abort.abort() });
  const report = inspect(name, { signal: quiet().signal, progress: (one) => reported.push(one) });
  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  expect((await report).train.images).toBe(300);
  expect(reported.at(-1)).toEqual({ done: 300, total: 300 });
});

it('notices what is added, taken away, relabelled, and mended', async () => {
  const { inspect, images } = previews();
  const folder = folderOf({ ...files, 'b/4.ppm': ppm(4).subarray(0, 12) });
  const name = { path: folder, classNames: null, reading: ownReading };
  const counts = async () => {
    const { train, skipped } = await inspect(name, quiet());
    return [train.images, skipped.length];
  };
  expect(await counts()).toEqual([3, 1]);
  writeFileSync(path.join(folder, 'b/4.ppm'), ppm(4));
  expect(await counts()).toEqual([4, 0]);
  writeFileSync(path.join(folder, 'b/5.ppm'), ppm(5));
  expect(await counts()).toEqual([5, 0]);
  rmSync(path.join(folder, 'a/1.ppm'));
  expect(await counts()).toEqual([4, 0]);

  const table = path.join(folder, 'labels.csv');
  writeFileSync(table, 'file,label\na/2.ppm,x\nb/3.ppm,y\n');
  const labelled = {
    path: table,
    classNames: null,
    reading: ownReading,
    part: 'train',
    classId: 0,
    offset: 0,
    limit: 9,
  } as const;
  expect((await images(labelled, quiet())).images.map(({ key }) => key)).toEqual(['a/2.ppm']);
  writeFileSync(table, 'file,label\na/2.ppm,y\nb/3.ppm,x!\nb/4.ppm,y\n');
  expect((await images(labelled, quiet())).images.map(({ key }) => key)).toEqual(['b/3.ppm']);
});

it('reads another archive that takes the place of the first', async () => {
  const { datasets } = previews();
  const folder = folderOf({
    'data.zip': zipOf([{ name: 'a/1.ppm', bytes: ppm(1) }]),
    'new.zip': zipOf([
      { name: 'a/1.ppm', bytes: ppm(9) },
      { name: 'b/2.ppm', bytes: ppm(8) },
    ]),
  });
  const archive = path.join(folder, 'data.zip');
  expect(await datasets.read(archive, 'a/1.ppm', quiet())).toEqual(ppm(1));
  renameSync(path.join(folder, 'new.zip'), archive);
  expect(await datasets.read(archive, 'a/1.ppm', quiet())).toEqual(ppm(9));
});

it('gives its own error for what is not there, and keeps nothing of it', async () => {
  const { inspect } = previews();
  const folder = folderOf({});
  const name = { path: folder, classNames: null, reading: ownReading };
  await expect(inspect(name, quiet())).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
  writeFileSync(path.join(folder, 'labels.csv'), 'file,label\nx.ppm,x\n');
  writeFileSync(path.join(folder, 'x.ppm'), ppm(1));
  expect((await inspect(name, quiet())).train.images).toBe(1);
});

it('refuses work after it was closed', async () => {
  const { datasets, inspect } = previews();
  await datasets.close();
  await expect(
    inspect({ path: folderOf(files), classNames: null, reading: ownReading }, quiet()),
  ).rejects.toMatchObject({
    code: 'CANCELLED',
  });
});

it('looks at images without labels beside a dataset that it need not read again', async () => {
  const { datasets, unlabelled } = previews();
  const name = { path: folderOf(files), classNames: null, reading: ownReading };
  const first = await datasets.dataset(name, quiet());
  const more = folderOf({ 'new.ppm': ppm(9), 'copy.ppm': ppm(3) });
  const report = await unlabelled({ ...name, unlabelled: [more] }, quiet());
  const copy = { file: path.join(more, 'copy.ppm'), reason: 'duplicate' };
  expect(report).toMatchObject({
    images: 1,
    skipped: [{ ...copy, detail: 'same content as b/3.ppm of the training part' }],
  });
  expect(await datasets.dataset(name, quiet())).toBe(first);
});
