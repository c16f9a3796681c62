import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { photograph } from '../../../electron/engine/data/sample/photograph.ts';
import { rasterise } from '../../../electron/engine/data/sample/raster.ts';
import { setScene } from '../../../electron/engine/data/sample/scene.ts';
import { random } from '../../../electron/engine/numbers/random.ts';

/** Names as people give them: a space, an accent, another script. */
const names = ['Vorfahrt gewähren', 'stop sign', '止まれ 禁止'] as const;
const signIds = [13, 14, 15] as const;

/** JPEGs of `count` signs of each class, each standing somewhere of its own. */
async function photos(count: number, seed: number): Promise<{ name: string; bytes: Buffer }[]> {
  const all: { name: string; bytes: Buffer }[] = [];
  for (const [at, id] of signIds.entries()) {
    const sign = await rasterise(id);
    for (let i = 0; i < count; i++) {
      const rng = random(seed, 'newcomer', id, i);
      const { data, width, height } = photograph(setScene(sign, rng), rng.uniform(0.5, 1), rng);
      const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 85 })
        .toBuffer();
      all.push({ name: names[at]!, bytes });
    }
  }
  return all;
}

async function put(folder: string, file: string, bytes: Buffer | string): Promise<void> {
  const target = path.join(folder, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, bytes);
}

/** Three folders of 80 JPEGs. */
async function folders(root: string): Promise<void> {
  const all = await photos(80, 1);
  for (const [i, { name, bytes }] of all.entries()) await put(root, `${name}/IMG ${i + 1}.jpg`, bytes);
}

/** train/, val/ and test/ with the class folders below. */
async function parts(root: string): Promise<void> {
  for (const [part, count, seed] of [
    ['train', 60, 2],
    ['val', 15, 3],
    ['test', 25, 4],
  ] as const)
    for (const [i, { name, bytes }] of (await photos(count, seed)).entries())
      await put(root, `${part}/${name}/${i}.jpeg`, bytes);
}

/** train.csv with ids and labels beside images/, and what else Kaggle packs. */
async function kaggle(root: string): Promise<void> {
  const rows: string[] = [];
  for (const [i, { name, bytes }] of (await photos(80, 5)).entries()) {
    const id = `img_${String(7 * i).padStart(5, '0')}`;
    await put(root, `images/${id}.jpg`, bytes);
    rows.push(`${id},${name}`);
  }
  await put(root, 'train.csv', `image_id,label\n${rows.join('\n')}\n`);
  await put(root, 'sample_submission.csv', 'image_id,label\nimg_99999,stop sign\n');
}

/** Datasets as people have them who have never trained a network, by what they are. */
export const newcomersDatasets: Record<string, (root: string) => Promise<void>> = {
  'three folders': folders,
  'train, val and test': parts,
  'a Kaggle table': kaggle,
};
