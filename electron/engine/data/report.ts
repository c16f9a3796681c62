import type { ClassCount, PartReport } from '../../contract/dataset.ts';
import type { Sample } from './dataset.ts';

/** An image's sides in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** What one part holds; `sizes` in the order of `samples`. The median of an even number of sides is the mean of the middle two. */
export function reportPart(samples: readonly Sample[], sizes: readonly Size[]): PartReport {
  const sides = Float64Array.from(sizes.flatMap(({ width, height }) => [width, height])).sort();
  const middle = sides.length / 2;
  return {
    images: samples.length,
    tracks: tracksOf(samples),
    sides: {
      min: sides[0] ?? 0,
      median: ((sides[Math.ceil(middle) - 1] ?? 0) + (sides[Math.floor(middle)] ?? 0)) / 2,
      max: sides.at(-1) ?? 0,
    },
  };
}

/** Images per class and part, and the training images' tracks. */
export function countClasses(
  classes: readonly string[],
  train: readonly Sample[],
  validation: readonly Sample[],
  test: readonly Sample[],
): ClassCount[] {
  const trainOf = byClass(classes.length, train);
  const validationOf = byClass(classes.length, validation);
  const testOf = byClass(classes.length, test);
  return classes.map((name, id) => ({
    id,
    name,
    train: trainOf[id]!.length,
    tracks: tracksOf(trainOf[id]!),
    validation: validationOf[id]!.length,
    test: testOf[id]!.length,
  }));
}

function byClass(classes: number, samples: readonly Sample[]): Sample[][] {
  const groups = Array.from({ length: classes }, (): Sample[] => []);
  for (const sample of samples) groups[sample.label]!.push(sample);
  return groups;
}

function tracksOf(samples: readonly Sample[]): number {
  return new Set(samples.flatMap(({ track }) => track ?? [])).size;
}
