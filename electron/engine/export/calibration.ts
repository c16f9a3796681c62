import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { Role } from '../../contract/run.ts';
import type { Split } from '../data/dataset.ts';
import { labelledImages, type LabelledImages } from '../data/labelled-images.ts';
import type { Pixels } from '../data/pixels.ts';
import { random } from '../numbers/random.ts';

/** A run's images as its networks see them before normalisation; opened when they are first asked for. */
export interface RunImages {
  /** Training and validation images, divided as for this role. */
  pool(image: ImageRecipe, role: Role): Promise<{ pixels: Pixels; split: Split }>;
  test(image: ImageRecipe): Promise<LabelledImages>;
}

/** What a network is quantised with. */
export interface Calibration {
  /** Training images, from which the ranges of activations are taken. */
  images: LabelledImages;
  /** Images that it was not calibrated on, by whose accuracy choices are made. */
  held: LabelledImages;
  /** Remarks about them, a sentence each. */
  notes: readonly string[];
}

/** 128, 512 and 2,048 gave the same accuracy within about 0.2 points (docs/exports.md). */
const mostCalibrated = 512;
/** Where no validation images are held out. */
const mostHeld = 2048;

/** How many training images int8 is calibrated on, and how many others its loss is measured on. */
export function calibrationCounts(train: number, validation: number): { calibrated: number; held: number } {
  if (validation > 0) return { calibrated: Math.min(mostCalibrated, train), held: validation };
  const calibrated = Math.min(mostCalibrated, Math.ceil(train / 2));
  return { calibrated, held: Math.min(mostHeld, train - calibrated) };
}

/** A seeded choice; in the images' order, so that they are read in one go. */
export function calibrationOf(pixels: Pixels, { train, validation }: Split, seed: number): Calibration {
  const drawn = random(seed, 'calibration').shuffled(train);
  const sorted = (indices: readonly number[]) =>
    labelledImages(
      pixels,
      indices.toSorted((a, b) => a - b),
    );
  const { calibrated, held: others } = calibrationCounts(train.length, validation.length);
  if (validation.length > 0)
    return {
      images: sorted(drawn.slice(0, calibrated)),
      held: labelledImages(pixels, validation),
      notes: [],
    };
  const held = drawn.slice(calibrated, calibrated + others);
  return {
    images: sorted(drawn.slice(0, calibrated)),
    held: sorted(held),
    notes: [
      `The run holds out no validation images: what int8 loses was measured on ${held.length} training images, on which networks are better than on new ones.`,
    ],
  };
}
