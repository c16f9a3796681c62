import { mkdtemp, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import { makeFolders } from '../../../platform/files.ts';
import { random } from '../../numbers/random.ts';
import type { Progress } from '../dataset.ts';
import { type Photograph, photograph } from './photograph.ts';
import { rasterise } from './raster.ts';
import { setScene } from './scene.ts';
import { signCount } from './signs.ts';

export interface SampleOptions {
  seed: number;
  /** Physical signs per class in the training part; each is a track of 30 frames. */
  tracksPerClass: number;
  /** Test images per class; each is of a physical sign of its own. */
  testPerClass: number;
  /** Only these classes, by GTSRB's id; all 43 by default. */
  classes?: readonly number[];
  signal?: AbortSignal;
  onProgress?: Progress;
}

const framesPerTrack = 30;
const header = 'Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId';

const digits = (value: number): string => String(value).padStart(5, '0');

/** Binary PPM (P6), GTSRB's image format. */
const ppm = ({ width, height, data }: Photograph): Uint8Array =>
  Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`, 'latin1'), data]);

const row = (file: string, { width, height, roi }: Photograph, classId: number): string =>
  [file, width, height, roi.x1, roi.y1, roi.x2, roi.y2, classId].join(';');

const csv = (rows: readonly string[]): string => [header, ...rows].map((line) => `${line}\r\n`).join('');

/** Refuses what must not be overwritten; returns whether an empty folder is in the place. */
async function isFreeFolder(folder: string): Promise<boolean> {
  let entries: string[];
  try {
    entries = await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') {
      throw new DistillError(
        'INVALID_INPUT',
        `${folder} is a file.`,
        'Name a folder that does not exist yet.',
      );
    }
    throw error;
  }
  if (entries.length > 0) {
    const hint = 'Name a folder that does not exist yet, or empty this one first.';
    throw new DistillError('FOLDER_NOT_EMPTY', `The folder ${folder} is not empty.`, hint);
  }
  return true;
}

/** Removes `folder` and the folders above it up to `last`, as far as they are empty: others may have used them meanwhile. */
async function removeEmpty(folder: string, last: string): Promise<void> {
  try {
    for (let at = folder; at.length >= last.length; at = path.dirname(at)) await rmdir(at);
  } catch {
    // Not empty: it stays. The error that brought us here is the one to report.
  }
}

/** Draws into `root`, which exists and is ours. */
async function drawInto(root: string, options: SampleOptions): Promise<{ train: number; test: number }> {
  const { seed, tracksPerClass, testPerClass, signal, onProgress } = options;
  const classes = options.classes ?? Array.from({ length: signCount }, (_, id) => id);
  const counts = {
    train: classes.length * tracksPerClass * framesPerTrack,
    test: classes.length * testPerClass,
  };
  let done = 0;
  const stopIfCancelled = (): void => {
    if (signal?.aborted) throw new DistillError('CANCELLED', 'Drawing the sample was cancelled.');
  };
  const written = (images: number): void => {
    done += images;
    onProgress?.(done, counts.train + counts.test);
    stopIfCancelled();
  };
  stopIfCancelled();

  const testFolder = path.join(root, 'GTSRB', 'Final_Test', 'Images');
  await makeFolders(testFolder);
  const testNumbers = random(seed, 'sample', 'order').shuffled(
    Array.from({ length: counts.test }, (_, i) => i),
  );
  const testRows: string[] = [];

  for (const [position, classId] of classes.entries()) {
    const sign = await rasterise(classId);
    const folder = path.join(root, 'GTSRB', 'Final_Training', 'Images', digits(classId));
    await makeFolders(folder);
    const rows: string[] = [];
    for (let track = 0; track < tracksPerClass; track++) {
      const scene = setScene(sign, random(seed, 'sample', classId, track));
      const files: Promise<void>[] = [];
      for (let frame = 0; frame < framesPerTrack; frame++) {
        const rng = random(seed, 'sample', classId, track, frame);
        const photo = photograph(scene, frame / (framesPerTrack - 1), rng);
        const name = `${digits(track)}_${digits(frame)}.ppm`;
        rows.push(row(name, photo, classId));
        files.push(writeFile(path.join(folder, name), ppm(photo)));
      }
      await Promise.all(files);
      written(framesPerTrack);
    }
    await writeFile(path.join(folder, `GT-${digits(classId)}.csv`), csv(rows));

    for (let i = 0; i < testPerClass; i++) {
      const rng = random(seed, 'sample', 'test', classId, i);
      const photo = photograph(setScene(sign, rng), rng.float(), rng);
      const number = testNumbers[position * testPerClass + i]!;
      const name = `${digits(number)}.ppm`;
      testRows[number] = row(name, photo, classId);
      await writeFile(path.join(testFolder, name), ppm(photo));
      written(1);
    }
  }
  await writeFile(path.join(testFolder, 'GT-final_test.csv'), csv(testRows));
  return counts;
}

/**
 * Draws the sample set into `folder`, in GTSRB's own layout: GTSRB/Final_Training/Images/000NN with a GT-000NN.csv per
 * class, and GTSRB/Final_Test/Images with GT-final_test.csv. Equal options give equal files.
 *
 * It appears whole or not at all: the work is done beside `folder` and renamed at the end.
 *
 * @throws DistillError FOLDER_NOT_EMPTY, INVALID_INPUT where `folder` is a file, CANCELLED after `signal` was aborted
 */
export async function drawSample(
  folder: string,
  options: SampleOptions,
): Promise<{ folder: string; train: number; test: number }> {
  const target = path.resolve(folder);
  const replacesEmpty = await isFreeFolder(target);
  const parent = path.dirname(target);
  const firstMade = await makeFolders(parent);
  const draft = await mkdtemp(path.join(parent, `.${path.basename(target)}-`));
  try {
    const counts = await drawInto(draft, options);
    if (replacesEmpty) await rmdir(target);
    await rename(draft, target);
    return { folder: target, ...counts };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (firstMade !== undefined) await removeEmpty(parent, firstMade);
    throw error;
  }
}
