import { describe, expect, test } from 'vitest';
import { convInfo } from '../../../electron/engine/backend/onnxruntime/kernels/convolution/geometry.ts';
import { Winograd } from '../../../electron/engine/backend/onnxruntime/kernels/convolution/winograd.ts';
import { plainValue, type Value } from '../../../electron/engine/backend/onnxruntime/layout.ts';
import { probe } from '../../../electron/engine/backend/onnxruntime/probe.ts';
import { attributesOf, nativeEmitter, type Operand, runPiece } from './pieces.ts';
import { type Convolution, elementOf, noiseArray, rmsError, samples, shapesOf, sizeOf } from './reference.ts';

// Minimal filtering needs no operator of the blocked domain: every size of tile and of block can be tried on every processor.

probe();

const passes = ['forward', 'input gradient', 'filter gradient'] as const;

function errorsOf(convolution: Convolution, tile: number, block: number | null, blocked: boolean): number[] {
  const shapes = shapesOf(convolution);
  const [x, filter, dy] = [shapes.x, shapes.filter, shapes.y].map((shape, i) =>
    noiseArray(sizeOf(shape), i + 1),
  ) as [Float32Array, Float32Array, Float32Array];
  const image: Operand = { shape: shapes.x, data: x, blocked };
  const gradient: Operand = { shape: shapes.y, data: dy, blocked };
  const weights: Operand = { shape: shapes.filter, data: filter };
  const info = convInfo(shapes.x, shapes.filter, attributesOf(convolution));
  const ways = {
    forward: [shapes.y, [image, weights], (w: Winograd, a: Value, b: Value) => w.forward(a, b.plain!)],
    'input gradient': [
      shapes.x,
      [gradient, weights],
      (w: Winograd, a: Value, b: Value) => w.inputGradient(a, b.plain!),
    ],
    'filter gradient': [
      shapes.filter,
      [image, gradient],
      (w: Winograd, a: Value, b: Value) => plainValue(shapes.filter, w.filterGradient(a, b)),
    ],
  } as const;
  return passes.map((pass) => {
    const [shape, operands, emit] = ways[pass];
    const actual = runPiece(nativeEmitter(block), operands, (e, [a, b]) =>
      emit(new Winograd(e, info, tile), a!, b!),
    );
    return rmsError(actual, samples(shape, 80), (index) =>
      elementOf(convolution, pass, { x, filter, dy }, index),
    );
  });
}

/** Root mean squares, twice what was measured: 3.8e-7, 1.5e-6, 1.7e-6, 6.6e-6. */
const tolerances: Record<number, number> = { 2: 8e-7, 3: 3e-6, 4: 3.4e-6, 6: 1.4e-5 };

/** Maps by the order in which their axes are transformed: whole maps, tiles side by side, one axis after the other. */
const maps = {
  'one pass': [
    [6, 6],
    [3, 7],
    [2, 2],
  ],
  'side by side': [
    [6, 9],
    [5, 24],
  ],
  nested: [
    [19, 5],
    [24, 24],
  ],
} as const;

/** Channels of a block, and whether the operands are blocked. */
const layouts = [
  [16, true],
  [8, true],
  [8, false],
  [null, false],
] as const;

describe.each(Object.keys(tolerances).map(Number))('tiles of %i', (tile) => {
  const cases = Object.entries(maps).flatMap(([order, sizes]) =>
    sizes.flatMap(([h, w]) => [0, 1, 2].map((padding) => [order, h, w, padding] as const)),
  );
  test.each(cases.filter(([, h, , padding]) => h + 2 * padding > 2))(
    '%s, %i x %i, padding %i',
    (_, h, w, padding) => {
      for (const [k, [block, blocked]] of layouts.entries()) {
        // Each layout meets both batches, on maps that take turns.
        const n = (h + w + padding + k) % 2 === 0 ? 1 : 3;
        const layer = { n, h, w, c: 64, o: 80, kernel: [3, 3] as const, stride: 1, padding };
        const errors = errorsOf(layer, tile, block, blocked);
        expect(Math.max(...errors), `batch ${n}, block ${block}, ${errors.join()}`).toBeLessThan(
          tolerances[tile]!,
        );
      }
    },
  );
});

test('in one graph, batches that want different tiles keep their own matrices', () => {
  const [small, large] = [1, 64].map((n) => {
    const convolution = { n, h: 6, w: 6, c: 64, o: 64, kernel: [3, 3] as const, stride: 1, padding: 1 };
    const shapes = shapesOf(convolution);
    return { convolution, shapes, info: convInfo(shapes.x, shapes.filter, attributesOf(convolution)) };
  }) as [Setting, Setting];
  const x = noiseArray(sizeOf(large.shapes.x), 1);
  const filter = noiseArray(sizeOf(large.shapes.filter), 2);
  const operands = [
    { shape: small.shapes.x, data: x.slice(0, sizeOf(small.shapes.x)) },
    { shape: large.shapes.x, data: x },
    { shape: large.shapes.filter, data: filter },
  ];
  const actual = runPiece(nativeEmitter(null), operands, (e, [first, second, weights]) => {
    new Winograd(e, small.info).forward(first!, weights!.plain!);
    return new Winograd(e, large.info).forward(second!, weights!.plain!);
  });
  const reference = (index: number) =>
    elementOf(large.convolution, 'forward', { x, filter, dy: new Float32Array() }, index);
  expect(rmsError(actual, samples(large.shapes.y, 240), reference)).toBeLessThan(1.4e-5);
});

interface Setting {
  convolution: Convolution;
  shapes: ReturnType<typeof shapesOf>;
  info: ReturnType<typeof convInfo>;
}
