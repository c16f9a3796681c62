import { describe, expect, it } from 'vitest';
import { augmentSchema } from '../../../electron/contract/recipe/augmentation.ts';
import {
  drawTransform,
  identityTransform,
  multiply,
  perspective,
  rotation,
  zoomIn,
  type Lighting,
  type Matrix3,
} from '../../../electron/engine/data/augment.ts';
import { renderInto, renderPreview } from '../../../electron/engine/data/render.ts';
import { random } from '../../../electron/engine/numbers/random.ts';

const plain = { mean: [0, 0, 0], std: [1, 1, 1] } as const;
const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

function noise(size: number): Uint8Array {
  const stream = random(1, 'noise');
  return Uint8Array.from({ length: size * size * 3 }, () => stream.integer(256));
}

function render(
  source: Uint8Array,
  size: number,
  matrix: Matrix3,
  lighting: Lighting | null = null,
): Float32Array {
  const target = new Float32Array(size * size * 3);
  renderInto(source, size, { matrix, lighting }, plain.mean, plain.std, target, 0);
  return target;
}

/** The definition, in float64: one output value at a time, nothing precomputed. */
function reference(source: Uint8Array, size: number, matrix: Matrix3, lighting: Lighting | null): number[] {
  const last = size - 1;
  const fold = (value: number) => {
    let v = value;
    while (v < 0 || v > last) v = v < 0 ? -v : 2 * last - v;
    return v;
  };
  const result: number[] = [];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const u = (2 * x) / last - 1;
      const v = (2 * y) / last - 1;
      const [X, Y, W] = [0, 3, 6].map((r) => matrix[r]! * u + matrix[r + 1]! * v + matrix[r + 2]!) as [
        number,
        number,
        number,
      ];
      const sx = fold(((X / W + 1) / 2) * last);
      const sy = fold(((Y / W + 1) / 2) * last);
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let j = 0; j < size; j++) {
          for (let i = 0; i < size; i++) {
            const weight = Math.max(0, 1 - Math.abs(sx - i)) * Math.max(0, 1 - Math.abs(sy - j));
            sum += weight * source[(j * size + i) * 3 + c]!;
          }
        }
        const p = Math.min(Math.max(sum / 255, 1e-7), 1 - 1e-7);
        const odds = lighting ? Math.log(p / (1 - p)) + lighting.brightness : 0;
        result.push(lighting ? 1 / (1 + Math.exp(-lighting.contrast * odds)) : sum / 255);
      }
    }
  }
  return result;
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('renderInto', () => {
  it('gives exactly the normalised pixels for the identity, at the offset', () => {
    const source = noise(9);
    const target = new Float32Array(source.length + 5).fill(7);
    renderInto(source, 9, identityTransform, imagenet.mean, imagenet.std, target, 5);
    expect([...target.subarray(0, 5)]).toEqual([7, 7, 7, 7, 7]);
    source.forEach((value, i) =>
      expect(target[5 + i]).toBe(Math.fround((value / 255 - imagenet.mean[i % 3]!) / imagenet.std[i % 3]!)),
    );
  });

  it('turns by 90 degrees clockwise', () => {
    const size = 8;
    const source = noise(size);
    const turned = Array.from(source, (_, i) => {
      const [y, x, c] = [Math.floor(i / (size * 3)), Math.floor(i / 3) % size, i % 3];
      return source[((size - 1 - x) * size + y) * 3 + c]! / 255;
    });
    expect(largestDifference(render(source, size, rotation(90)), turned)).toBeLessThan(1e-6);
  });

  it('mirrors left and right', () => {
    const source = Uint8Array.from([10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42]);
    expect([...renderPreview(source, 2, { matrix: [-1, 0, 0, 0, 1, 0, 0, 0, 1], lighting: null })]).toEqual([
      20, 21, 22, 10, 11, 12, 40, 41, 42, 30, 31, 32,
    ]);
  });

  it('reflects about the centres of the edge pixels', () => {
    // One row of greys 0 50 100, three times; moved right by two pixels, it shows positions -2 -1 0: 100 50 0.
    const greys = [0, 50, 100];
    const source = Uint8Array.from({ length: 27 }, (_, i) => greys[Math.floor(i / 3) % 3]!);
    const moved = renderPreview(source, 3, { matrix: [1, 0, -2, 0, 1, 0, 0, 0, 1], lighting: null });
    expect([...moved].filter((_, i) => i % 3 === 0)).toEqual([100, 50, 0, 100, 50, 0, 100, 50, 0]);
    // Moved left by 7.5: positions 7.5 8.5 9.5, which repeat every 4 pixels, fold to 0.5 0.5 1.5.
    const far = renderPreview(source, 3, { matrix: [1, 0, 7.5, 0, 1, 0, 0, 0, 1], lighting: null });
    expect([...far.subarray(0, 9)].filter((_, i) => i % 3 === 0)).toEqual([25, 25, 75]);
  });

  it('agrees with the definition for drawn transforms', () => {
    const size = 12;
    const source = noise(size);
    const recipe = augmentSchema.parse({
      rotate: { maxDegrees: 60, p: 1 },
      zoom: { max: 2, p: 0.7 },
      warp: { magnitude: 0.4, p: 0.8 },
      flip: { p: 0.5 },
    });
    for (let i = 0; i < 40; i++) {
      const { matrix, lighting } = drawTransform(recipe, random(3, 'augment', 0, i));
      const expected = reference(source, size, matrix, lighting);
      expect(largestDifference(render(source, size, matrix, lighting), expected)).toBeLessThan(
        lighting ? 1e-3 : 1e-6,
      );
    }
  });

  it('stays finite where the homography has a pole', () => {
    const values = render(noise(9), 9, perspective(0.8, 0.6));
    expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
    const pole = render(noise(9), 9, [1, 0, 0, 0, 1, 0, 1, 0, 0]);
    expect(pole.every((value) => value >= 0 && value <= 1)).toBe(true);
  });
});

describe('lighting', () => {
  // A slope of values that needs interpolation everywhere: every level, and what lies between two levels.
  const size = 16;
  const slope = Uint8Array.from({ length: size * size * 3 }, (_, i) => Math.floor(i / 3));
  const shrunk = zoomIn(1.07, { x: 0.3, y: -0.2 });

  it.each([
    [0, 1],
    [Math.log(9), 5],
    [-Math.log(9), 5],
    [Math.log(9), 0.2],
    [-Math.log(9), 0.2],
    [5, 100],
    [-5, 0.01],
  ])('is within 1e-3 of the formula at brightness %f, contrast %f', (brightness, contrast) => {
    const lighting = { brightness, contrast };
    const between = render(slope, size, shrunk, lighting);
    expect(largestDifference(between, reference(slope, size, shrunk, lighting))).toBeLessThan(1e-3);
    const levels = render(slope, size, identityTransform.matrix, lighting);
    expect(
      largestDifference(levels, reference(slope, size, identityTransform.matrix, lighting)),
    ).toBeLessThan(1e-6);
  });
});

describe('perspective', () => {
  /** Solves the eight equations of four point pairs by elimination, as fastai's find_coeffs does by torch. */
  function solve(from: number[][], to: number[][]): number[] {
    const rows = from.flatMap(([x, y], i) => {
      const [u, v] = to[i] as [number, number];
      return [
        [x!, y!, 1, 0, 0, 0, -u * x!, -u * y!, u],
        [0, 0, 0, x!, y!, 1, -v * x!, -v * y!, v],
      ];
    });
    for (let c = 0; c < 8; c++) {
      const pivot = rows
        .slice(c)
        .reduce((best, row) => (Math.abs(row[c]!) > Math.abs(best[c]!) ? row : best));
      const at = rows.indexOf(pivot);
      [rows[c], rows[at]] = [rows[at]!, rows[c]!];
      rows.forEach((row, r) => {
        if (r === c) return;
        const factor = row[c]! / pivot[c]!;
        row.forEach((_, j) => (row[j]! -= factor * pivot[j]!));
      });
    }
    return [...rows.map((row, i) => row[8]! / row[i]!), 1];
  }

  it.each([
    [0.2, 0.2],
    [0.2, -0.13],
    [-0.17, 0.05],
    [0, 0.4],
    [-0.3, 0],
  ])('maps the four corners as fastai at x %f, y %f', (x, y) => {
    const corners = [
      [-1, -1],
      [-1, 1],
      [1, -1],
      [1, 1],
    ];
    const moved = [
      [-1 - y, -1 - x],
      [-1 + y, 1 + x],
      [1 + y, -1 + x],
      [1 - y, 1 - x],
    ];
    const expected = solve(moved, corners);
    const matrix = perspective(x, y);
    matrix.forEach((value, i) => expect(value / matrix[8]).toBeCloseTo(expected[i]!, 12));
  });
});

describe('drawTransform', () => {
  const recipe = augmentSchema.parse({ flip: { p: 0.3 } });
  const off = augmentSchema.parse({
    rotate: { p: 0 },
    zoom: { p: 0 },
    warp: { p: 0 },
    brightness: { p: 0 },
    contrast: { p: 0 },
  });
  const draws = 20_000;
  const drawn = (part: Partial<typeof recipe>) =>
    Array.from({ length: draws }, (_, i) => drawTransform({ ...off, ...part }, random(5, 'augment', 1, i)));
  /** Five standard deviations of a share estimated from so many draws. */
  const margin = (p: number) => 5 * Math.sqrt((p * (1 - p)) / draws);
  const share = <T>(items: T[], test: (item: T) => boolean) => items.filter(test).length / items.length;

  it('does nothing when every probability is 0', () => {
    expect(drawTransform(off, random(1, 'augment')).lighting).toBeNull();
    drawTransform(off, random(1, 'augment')).matrix.forEach((value, i) =>
      expect(value).toBeCloseTo(identityTransform.matrix[i]!, 15),
    );
  });

  it('turns with its probability, uniformly to both sides', () => {
    const degrees = drawn({ rotate: recipe.rotate }).map(
      ({ matrix }) => (Math.atan2(matrix[1], matrix[0]) * 180) / Math.PI,
    );
    const turned = degrees.filter((value) => value !== 0);
    expect(Math.abs(turned.length / draws - 0.75)).toBeLessThan(margin(0.75));
    expect(Math.max(...turned.map(Math.abs))).toBeLessThanOrEqual(10);
    for (const bound of [-5, 0, 5]) {
      const expected = (bound + 10) / 20;
      expect(Math.abs(share(turned, (value) => value < bound) - expected)).toBeLessThan(0.03);
    }
  });

  it('zooms in about a drawn centre without leaving the image', () => {
    const maps = drawn({ zoom: recipe.zoom }).map(({ matrix }) => matrix);
    expect(Math.abs(share(maps, (matrix) => matrix[0] < 1) - 0.75)).toBeLessThan(margin(0.75));
    for (const [scale, , x, , , y] of maps) {
      expect(scale).toBeGreaterThanOrEqual(1 / 1.2 - 1e-12);
      expect(Math.abs(x) + scale).toBeLessThanOrEqual(1 + 1e-12);
      expect(Math.abs(y) + scale).toBeLessThanOrEqual(1 + 1e-12);
    }
    const zoomed = maps.filter((matrix) => matrix[0] < 1);
    expect(Math.abs(share(zoomed, (matrix) => matrix[2] < 0) - 0.5)).toBeLessThan(0.03);
  });

  it('warps each axis with its own probability', () => {
    const maps = drawn({ warp: recipe.warp }).map(({ matrix }) => matrix);
    const still = (value: number) => value === 0;
    expect(Math.abs(share(maps, (matrix) => !still(matrix[6])) - 0.75)).toBeLessThan(margin(0.75));
    expect(Math.abs(share(maps, (matrix) => !still(matrix[7])) - 0.75)).toBeLessThan(margin(0.75));
    expect(Math.abs(share(maps, (matrix) => still(matrix[6]) && still(matrix[7])) - 1 / 16)).toBeLessThan(
      margin(1 / 16),
    );
  });

  it('changes brightness and contrast with their probabilities, within their limits', () => {
    const lights = drawn({ brightness: recipe.brightness, contrast: recipe.contrast }).map(
      ({ lighting }) => lighting ?? { brightness: 0, contrast: 1 },
    );
    expect(Math.abs(share(lights, ({ brightness }) => brightness !== 0) - 0.8)).toBeLessThan(margin(0.8));
    expect(Math.abs(share(lights, ({ contrast }) => contrast !== 1) - 0.8)).toBeLessThan(margin(0.8));
    for (const { brightness, contrast } of lights) {
      expect(Math.abs(brightness)).toBeLessThanOrEqual(Math.log(9) + 1e-12);
      expect(Math.abs(Math.log(contrast))).toBeLessThanOrEqual(Math.log(5) + 1e-12);
    }
  });

  it('mirrors with its probability, not at all by default', () => {
    expect(Math.abs(share(drawn({ flip: recipe.flip }), ({ matrix }) => matrix[0] < 0) - 0.3)).toBeLessThan(
      margin(0.3),
    );
    expect(share(drawn({}), ({ matrix }) => matrix[0] < 0)).toBe(0);
  });

  it('draws the other transforms alike when one is switched off', () => {
    const stream = () => random(9, 'augment', 4, 2);
    const all = { ...recipe, warp: { magnitude: 0.2, p: 0 }, rotate: { maxDegrees: 10, p: 1 } };
    const turned = drawTransform({ ...off, rotate: all.rotate }, stream()).matrix;
    const zoomed = drawTransform({ ...off, zoom: { max: 1.2, p: 1 } }, stream()).matrix;
    const both = drawTransform({ ...off, rotate: all.rotate, zoom: { max: 1.2, p: 1 } }, stream()).matrix;
    multiply(turned, zoomed).forEach((value, i) => expect(both[i]).toBeCloseTo(value, 12));
  });
});
