import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';

/** How the vectors of a batch lie to each other, [n, m] -> [n, n] or [n, n, n], with gradients of native kernels alone. */

/** Dot products of all pairs of rows. x [n,m] -> [n,n]. */
export const gram = (x: Tensor2D): Tensor2D => tf.matMul(x, x, false, true);

/** Rows divided by their sum, which must not be 0. x [n,m] -> [n,m]. */
export function rowShares(x: Tensor2D): Tensor2D {
  const op = tf.customGrad((input, save) => {
    const sum = tf.sum(input as Tensor, 1, true);
    const value = tf.div(input as Tensor, sum);
    (save as tf.GradSaveFunc)([value, sum]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [y, total] = saved as [Tensor, Tensor];
        return tf.div(tf.sub(dy, tf.sum(tf.mul(dy, y), 1, true)), total);
      },
    };
  });
  return op(x) as Tensor2D;
}

/** Mean over all entries of target * ln((target + epsilon) / (x + epsilon)). No gradient flows to the target. */
export function meanDivergence(x: Tensor2D, target: Tensor2D, epsilon: number): Scalar {
  const op = tf.customGrad((input, save) => {
    const raised = tf.add(input as Tensor, epsilon);
    (save as tf.GradSaveFunc)([raised]);
    return {
      value: tf.mean(tf.mul(target, tf.log(tf.div(tf.add(target, epsilon), raised)))),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tf.mul(tf.div(target, saved[0]!), tf.mul(dy, -1 / target.size)),
    };
  });
  return op(x) as Scalar;
}

/** Mean of 0.5 d^2 where |d| = |x - target| is below 1, else of |d| - 0.5. No gradient flows to the target. */
export function meanSmoothL1(x: Tensor, target: Tensor): Scalar {
  const op = tf.customGrad((input, save) => {
    const difference = tf.sub(input as Tensor, target);
    const size = tf.abs(difference);
    const clipped = tf.minimum(size, 1);
    (save as tf.GradSaveFunc)([difference]);
    return {
      value: tf.mean(tf.mul(clipped, tf.sub(size, tf.mul(clipped, 0.5)))),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tf.mul(tf.clipByValue(saved[0]!, -1, 1), tf.mul(dy, 1 / x.size)),
    };
  });
  return op(x) as Scalar;
}

/**
 * Squared distances up to this share of the vectors' mean squared length (from their mean) are 0: float32 cannot tell the directions
 * of such pairs from rounding, and the root's gradient would be infinite.
 */
const resolution = 1e-6;

interface Pairs {
  /** Dot products of the rows, each less their mean, [n, n]. */
  dots: Tensor2D;
  /** Distances, [n, n]; 0 on the diagonal and of pairs that coincide. */
  distances: Tensor2D;
  /** Their reciprocals, 0 where the distance is. */
  inverses: Tensor2D;
  /** The vectors, less their mean. */
  centred: Tensor2D;
}

/** Differences are what counts: without their mean, less is lost when the squares are subtracted. x [n,m]. */
function pairsOf(x: Tensor2D): Pairs {
  const [n] = x.shape;
  const centred = tf.sub<Tensor2D>(x, tf.mean(x, 0, true));
  const dots = gram(centred);
  // Of equal rows all four products are the same, so that their distance is 0.
  const squares = tf.mul(dots, tf.eye(n));
  const lengths = tf.sum(squares, 1, true);
  const smallest = tf.mul(tf.mean(lengths), resolution);
  const squared = tf.sub(tf.add(lengths, tf.transpose(lengths)), tf.mul(dots, 2));
  const apart = tf.mul(tf.step(tf.sub(squared, smallest)), tf.sub(1, tf.eye(n)));
  const distances = tf.mul<Tensor2D>(tf.sqrt(tf.relu(squared)), apart);
  const inverses = tf.div<Tensor2D>(apart, tf.add(distances, tf.sub(1, apart)));
  return { dots, distances, inverses, centred };
}

/** The gradient by the vectors, of which `gradient` [n, n] is the one by their dot products. */
const throughDots = (gradient: Tensor, centred: Tensor): Tensor =>
  tf.matMul(tf.add(gradient, tf.transpose(gradient)), centred);

/**
 * Euclidean distances of all pairs of rows, x [n,m] -> [n,n]. Pairs that coincide, as far as float32 shows, have the distance 0 and
 * no gradient.
 */
export function pairDistances(x: Tensor2D): Tensor2D {
  const op = tf.customGrad((input, save) => {
    const { distances, inverses, centred } = pairsOf(input as Tensor as Tensor2D);
    (save as tf.GradSaveFunc)([inverses, centred]);
    return {
      value: distances,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [inverse, vectors] = saved as [Tensor2D, Tensor2D];
        // d^2 = a.a + b.b - 2 a.b
        const bySquare = tf.mul(tf.mul(dy, inverse), 0.5);
        return throughDots(tf.sub(onDiagonal(sides(bySquare)), tf.mul(bySquare, 2)), vectors);
      },
    };
  });
  return op(x);
}

/** Sums of rows and columns, [n, n] -> [n, 1]. */
const sides = (x: Tensor): Tensor => tf.add(tf.sum(x, 1, true), tf.transpose(tf.sum(x, 0, true)));

/** [n, 1] -> [n, n], zero elsewhere. */
const onDiagonal = (x: Tensor): Tensor => tf.mul(x, tf.eye(x.shape[0]));

/**
 * Cosines of the angles of all triples of rows at the first of them: x [n,m] -> [n,n,n], where entry (j, i, k) is that between
 * x_i - x_j and x_k - x_j. 0, without a gradient, where one of the two vanishes as far as float32 shows.
 */
export function tripleCosines(x: Tensor2D): Tensor3D {
  const [n] = x.shape;
  const [corner, first, second] = [
    [n, 1, 1],
    [n, n, 1],
    [n, 1, n],
  ] as const;
  const op = tf.customGrad((input, save) => {
    const { dots, inverses, centred } = pairsOf(input as Tensor as Tensor2D);
    const squares = tf.sum(tf.mul(dots, tf.eye(n)), 1);
    // (i - j).(k - j) = i.k - j.i - j.k + j.j
    const products = tf.add(
      tf.sub(tf.sub(tf.expandDims(dots, 0), tf.reshape(dots, [...first])), tf.reshape(dots, [...second])),
      tf.reshape(squares, [...corner]),
    );
    const scale = tf.mul(tf.reshape(inverses, [...first]), tf.reshape(inverses, [...second]));
    const value = tf.mul(products, scale);
    (save as tf.GradSaveFunc)([value, scale, inverses, centred]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [cosines, scales, inverse, vectors] = saved as [Tensor3D, Tensor3D, Tensor2D, Tensor2D];
        const byProduct = tf.mul(dy, scales);
        const byCosine = tf.mul(dy, cosines);
        const ofSides = (by: Tensor) => tf.add(tf.sum(by, 2), tf.sum(by, 1));
        const byDots = ofSides(byProduct);
        // A cosine has 1 / d^2 to the power of 1/2 as a factor, for each side.
        const bySquare = tf.mul(tf.mul(ofSides(byCosine), tf.square(inverse)), -0.5);
        const corners = tf.sum(tf.sum(byProduct, 2), 1, true);
        const diagonal = onDiagonal(tf.add(corners, sides(bySquare)));
        const gradient = tf.add(tf.sub(tf.sub(tf.sum(byProduct, 0), byDots), tf.mul(bySquare, 2)), diagonal);
        return throughDots(gradient, vectors);
      },
    };
  });
  return op(x) as Tensor3D;
}
