import { describe, expect, it } from 'vitest';
import { mixingSchema } from '../../../electron/contract/recipe/mixing.ts';
import { drawMix, mixInto, type Mix, ownShare } from '../../../electron/engine/data/mixing.ts';
import { random } from '../../../electron/engine/numbers/random.ts';

const recipe = mixingSchema.parse({ mixup: { alpha: 0.4, p: 0.3 }, cutmix: { p: 0.5 } });
const noise = (n: number, size: number): Float32Array => {
  const stream = random(2, 'noise', size);
  return Float32Array.from({ length: n * size * size * 3 }, () => stream.normal());
};
const partners = [2, 0, 1];

/** The definition, one value at a time in float64. */
function defined(source: Float32Array, size: number, mix: Mix): number[] {
  return [...source].map((value, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    const [image, place] = [Math.floor(pixel / (size * size)), pixel % (size * size)];
    const other = source[(partners[image]! * size * size + place) * 3 + channel]!;
    if (mix.method === 'mixup') return mix.share * value + (1 - mix.share) * other;
    const { share, centre } = mix;
    const [x, y] = [place % size, Math.floor(place / size)];
    // rand_bbox of the authors' code: half the cut side to both sides of a whole pixel.
    const half = Math.trunc(Math.trunc(size * Math.sqrt(1 - share)) / 2);
    const [column, row] = [Math.trunc(centre.x * size), Math.trunc(centre.y * size)];
    return x >= column - half && x < column + half && y >= row - half && y < row + half ? other : value;
  });
}

const cutmix = (share: number, x: number, y: number): Mix => ({ method: 'cutmix', share, centre: { x, y } });
const cases: [string, Mix][] = [
  ['mixup', { method: 'mixup', share: 0.3 }],
  ['mixup that changes nothing', { method: 'mixup', share: 1 }],
  ['CutMix', cutmix(0.6, 0.5, 0.4)],
  ['CutMix over the edge', cutmix(0.2, 0.05, 0.97)],
  ['CutMix that changes nothing', cutmix(1, 0.5, 0.5)],
];

describe.each([8, 12, 13])('at %i px', (size) => {
  it.each(cases)('mixes pixels as %s is defined', (_, mix) => {
    const source = noise(3, size);
    const target = new Float32Array(source.length).fill(NaN);
    mixInto(target, source, size, partners, mix);
    const expected = defined(source, size, mix);
    expect(Math.max(...expected.map((value, i) => Math.abs(value - target[i]!)))).toBeLessThan(1e-6);
  });

  it.each(cases)('counts the share that is left of an image by %s', (_, mix) => {
    const ones = new Float32Array(3 * size * size * 3).fill(1);
    // All of image 0's own values are 1, its partner's 0.
    ones.fill(0, partners[0]! * size * size * 3);
    const target = new Float32Array(ones.length);
    mixInto(target, ones, size, partners, mix);
    const own =
      target.subarray(0, size * size * 3).reduce((sum, value) => sum + value, 0) / (size * size * 3);
    expect(ownShare(mix, size)).toBeCloseTo(own, 6);
  });
});

it('draws each kind as often as its recipe has it, with shares of their Beta distributions', () => {
  const draws = Array.from({ length: 20_000 }, (_, step) => drawMix(recipe, random(1, 'mix', step)));
  const of = (method: Mix['method']) =>
    draws.filter((mix) => mix?.method === method).map((mix) => mix!.share);
  expect(of('mixup').length / draws.length).toBeCloseTo(0.3, 1.7);
  expect(of('cutmix').length / draws.length).toBeCloseTo(0.5, 1.7);
  const squares = (values: number[]) =>
    values.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / values.length;
  // 1 / (4 (2 alpha + 1))
  expect(squares(of('mixup'))).toBeCloseTo(1 / 7.2, 2);
  expect(squares(of('cutmix'))).toBeCloseTo(1 / 12, 2);
});

it('refuses shares of batches that are more than all', () => {
  expect(mixingSchema.safeParse({ mixup: { p: 0.6 }, cutmix: { p: 0.5 } }).success).toBe(false);
  expect(drawMix(mixingSchema.parse({}), random(1, 'mix', 1))).toBeNull();
});
