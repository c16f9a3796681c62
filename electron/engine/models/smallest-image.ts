import { describe } from './describe.ts';
import type { Network } from './layers.ts';

/** Sides of images, in pixels, that recipes may have. */
const [least, most] = [8, 512];

const fits = (network: Network, size: number): boolean =>
  describe(network, size).every(({ outputShape }) => outputShape.every((length) => length > 0));

/**
 * The smallest side of images, in pixels and at least `size`, of which every layer of a network leaves something: windows without
 * padding, such as ConvNeXt's, leave nothing of smaller ones.
 */
export function smallestImage(network: Network, size = least): number {
  let side = size;
  while (side < most && !fits(network, side)) side++;
  return side;
}
