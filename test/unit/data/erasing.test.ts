import { describe, expect, it } from 'vitest';
import { augmentSchema, withoutErasing } from '../../../electron/contract/recipe/augmentation.ts';
import { drawTransform, identityTransform } from '../../../electron/engine/data/augment.ts';
import { drawErasing, erasedBox } from '../../../electron/engine/data/erasing.ts';
import { renderInto, renderPreview } from '../../../electron/engine/data/render.ts';
import { random } from '../../../electron/engine/numbers/random.ts';

const size = 40;
const erasing = (fields: object) => augmentSchema.parse({ erase: fields }).erase;
const noisy = (): Uint8Array => {
  const stream = random(3, 'pixels');
  return Uint8Array.from({ length: size * size * 3 }, () => stream.integer(256));
};
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('drawErasing', () => {
  it("has torchvision's defaults, and is off", () => {
    expect(erasing({})).toEqual({ p: 0, scale: [0.02, 0.33], ratio: [0.3, 3.3], fill: 'mean' });
    expect(drawErasing(erasing({}), random(1, 'x'))).toBeNull();
  });

  it('draws the share of images, area, shape and place that its definition has', () => {
    const recipe = erasing({ p: 0.25, scale: [0.02, 0.2] });
    const draws = Array.from({ length: 20_000 }, (_, i) => drawErasing(recipe, random(1, 'erase', i)));
    const drawn = draws.filter((one) => one !== null);
    // Three standard errors each; a uniform number on [a, b] has the variance (b - a)^2 / 12.
    expect(drawn.length / draws.length).toBeCloseTo(0.25, 1.7);
    const areas = drawn.map(({ height, width }) => height * width);
    expect(Math.abs(mean(areas) - 0.11)).toBeLessThan((3 * 0.18) / Math.sqrt(12 * drawn.length));
    expect(Math.min(...areas)).toBeGreaterThanOrEqual(0.02);
    expect(Math.max(...areas)).toBeLessThanOrEqual(0.2 + 1e-12);
    const logarithms = drawn.map(({ height, width }) => Math.log(height / width));
    const [low, high] = [Math.log(0.3), Math.log(3.3)];
    const error = (high - low) / Math.sqrt(12 * drawn.length);
    expect(Math.abs(mean(logarithms) - (low + high) / 2)).toBeLessThan(3 * error);
    expect(mean(logarithms.map((value) => (value - (low + high) / 2) ** 2))).toBeCloseTo(
      (high - low) ** 2 / 12,
      1,
    );
    for (const one of drawn) {
      const { rows, columns } = erasedBox(one, size);
      expect([rows.from >= 0, rows.to <= size, columns.from >= 0, columns.to <= size]).not.toContain(false);
      expect(rows.to - rows.from).toBe(Math.round(one.height * size));
    }
    // All places that fit are as likely: the mean is the middle.
    expect(mean(drawn.map(({ down }) => down))).toBeCloseTo(0.5, 1.5);
  });

  it('gives up on rectangles that never fit', () => {
    expect(drawErasing(erasing({ p: 1, scale: [0.9, 1], ratio: [4, 5] }), random(1, 'x'))).toBeNull();
  });

  it('changes no other draw', () => {
    const without = augmentSchema.parse({});
    const withIt = augmentSchema.parse({ erase: { p: 1 } });
    const [a, b] = [without, withIt].map((recipe) => drawTransform(recipe, random(1, 'augment', 1, 7)));
    expect(b!.erasing).not.toBeNull();
    expect({ ...b, erasing: null }).toEqual(a);
    expect(drawTransform(withoutErasing(withIt)!, random(1, 'augment', 1, 7))).toEqual(a);
  });
});

describe('rendering', () => {
  const rendered = (fill: 'mean' | 'noise' | null) => {
    const drawn = fill && drawErasing(erasing({ p: 1, fill }), random(5, 'one'));
    const target = new Float32Array(size * size * 3);
    renderInto(
      noisy(),
      size,
      { ...identityTransform, erasing: drawn },
      [0.4, 0.5, 0.6],
      [0.2, 0.3, 0.4],
      target,
      0,
    );
    return { target, box: drawn && erasedBox(drawn, size) };
  };
  const plain = rendered(null).target;

  it.each(['mean', 'noise'] as const)('fills the rectangle with %s and leaves all other pixels', (fill) => {
    const { target, box } = rendered(fill);
    const inside: number[] = [];
    target.forEach((value, i) => {
      const [y, x] = [Math.floor(i / 3 / size), Math.floor(i / 3) % size];
      const { rows, columns } = box!;
      if (y >= rows.from && y < rows.to && x >= columns.from && x < columns.to) inside.push(value);
      else if (value !== plain[i]) throw new Error(`The pixel at ${x}, ${y} changed.`);
    });
    expect(inside).toHaveLength(3 * (box!.rows.to - box!.rows.from) * (box!.columns.to - box!.columns.from));
    if (fill === 'mean') expect(new Set(inside)).toEqual(new Set([0]));
    else {
      expect(Math.abs(mean(inside))).toBeLessThan(4 / Math.sqrt(inside.length));
      expect(mean(inside.map((value) => value ** 2))).toBeCloseTo(1, 0.7);
    }
  });

  it("shows people the mean colour of ImageNet's normalisation", () => {
    const drawn = drawErasing(erasing({ p: 1 }), random(5, 'one'))!;
    const { rows, columns } = erasedBox(drawn, size);
    const shown = renderPreview(noisy(), size, { ...identityTransform, erasing: drawn });
    const at = (rows.from * size + columns.from) * 3;
    expect([...shown.subarray(at, at + 3)]).toEqual([124, 116, 104]);
    const outside = (((rows.to + 1) % size) * size + ((columns.to + 1) % size)) * 3;
    expect(shown[outside]).toBe(noisy()[outside]);
  });
});
