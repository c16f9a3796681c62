import { expect, it } from 'vitest';
import sharp from 'sharp';
import { leaksOf } from '../../../electron/contract/leaks.ts';
import { dataSchema } from '../../../electron/contract/recipe/data.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import { folderOf } from '../data/fixture.ts';
import { previews, quiet } from '../data/datasets.ts';

/** Large squares of drawn greys, another picture for each number. */
function drawing(number: number) {
  const stream = random(3, 'leaks', number);
  const grey = Buffer.from(Array.from({ length: 36 }, () => stream.integer(256)));
  return sharp(grey, { raw: { width: 6, height: 6, channels: 1 } }).resize(96, 96);
}

it('the preview of a split names the pictures that its drawn parts share, and their number after leaving them out', async () => {
  const files: Record<string, Buffer> = {};
  for (let i = 0; i < 10; i++) {
    files[`a/${i}.png`] = await drawing(i).png().toBuffer();
    files[`b/${i}.jpg`] = await drawing(i).jpeg({ quality: 80 }).toBuffer();
  }
  const path = folderOf(files);
  const { inspect, split } = previews();
  const report = await inspect({ ...dataSchema.parse({}), path }, quiet());
  expect(report.leaks).toEqual([]);
  const ask = (dropLeaks: boolean) =>
    split(
      { path, data: dataSchema.parse({ dropLeaks }), teacherClasses: null, seed: 3, classId: null },
      quiet(),
    );
  const [kept, left] = [await ask(false), await ask(true)];
  const leaks = leaksOf(report, kept);
  expect(leaks.length).toBeGreaterThan(0);
  const numberOf = (key: string) => /\d+/.exec(key)![0];
  expect(leaks.every(({ train, other }) => numberOf(train) === numberOf(other))).toBe(true);
  expect(left.leaks).toEqual(kept.leaks);
  expect(left.totals).toEqual({ ...kept.totals, train: kept.totals.train - leaks.length });
});
