import { alpha } from '../../contract/verdict.ts';
import { tBeyond, twoSidedT } from '../numbers/student-t.ts';

/** From so many seeds on settings are tested: two give hardly any idea of their spread. */
export const fewestSeeds = 3;

/** How far one setting is ahead of another, and whether that is more than chance. */
export interface CrossedTest {
  /** Mean difference. */
  lead: number;
  /** Of the lead, 95 %. */
  interval: [number, number];
  /** Two-sided. */
  p: number;
}

/**
 * Test of two settings of which each was trained with the same seeds and tested on the same images, seeds and images both taken for
 * random samples. `differences[s][i]`: 1 where with seed s only the first gets image i right, -1 where only the second does, else 0.
 *
 * That is the design of readers who see the same cases under two conditions, and the analysis of Dorfman, Berbaum & Metz (1992) as
 * revised by Hillis (2007) for such studies: the variance of the mean over S seeds and C images is
 * (MS(seeds) + max(MS(images) - MS(residual), 0)) / (S C). Where images add nothing it is the paired t-test over seeds. Stricter than
 * theirs in two ways, since there may be three seeds only: the degrees of freedom are S - 1, not estimated from MS(seeds), which would
 * reject too often; and MS(seeds) is at least MS(residual), which it estimates where seeds make no difference, so that three means that
 * happen to agree show nothing. Of at least two seeds and two images.
 */
export function crossedTest(differences: readonly ArrayLike<number>[]): CrossedTest {
  const seeds = differences.length;
  const images = differences[0]!.length;
  const bySeed = new Float64Array(seeds);
  const byImage = new Float64Array(images);
  let squares = 0;
  for (const [seed, row] of differences.entries())
    for (let image = 0; image < images; image++) {
      const difference = row[image]!;
      bySeed[seed]! += difference;
      byImage[image]! += difference;
      squares += difference ** 2;
    }
  const lead = sum(bySeed) / (seeds * images);
  const ofMean = seeds * images * lead ** 2;
  const ofSeeds = sumOfSquares(bySeed) / images - ofMean;
  const ofImages = sumOfSquares(byImage) / seeds - ofMean;
  const residual = squares - ofMean - ofSeeds - ofImages;
  const freedom = seeds - 1;
  const meanSquares = {
    seeds: ofSeeds / freedom,
    images: ofImages / (images - 1),
    residual: residual / (freedom * (images - 1)),
  };
  const spread =
    Math.max(meanSquares.seeds, meanSquares.residual, 0) +
    Math.max(meanSquares.images - meanSquares.residual, 0);
  const error = Math.sqrt(spread / (seeds * images));
  const reach = tBeyond(alpha, freedom) * error;
  const p = lead === 0 ? 1 : twoSidedT(lead / error, freedom);
  return { lead, interval: [lead - reach, lead + reach], p };
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
const sumOfSquares = (values: Float64Array): number => values.reduce((total, value) => total + value ** 2, 0);
