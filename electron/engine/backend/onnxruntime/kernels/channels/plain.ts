import type { Emitter } from '../../emitter.ts';
import { size } from '../../kernel.ts';
import { plainValue, type Value } from '../../layout.ts';
import type { Activation, AffineMap, ChannelOps } from './ops.ts';
import { steep, step } from './step.ts';
import { pixelsPerRow, sumPixels } from './sums.ts';

/** x [..., c] row by row, several pixels to a row. */
export class PlainChannels implements ChannelOps {
  readonly count: number;
  readonly #e: Emitter;
  readonly #shape: readonly number[];
  readonly #channels: number;
  readonly #pixels: number;

  constructor(e: Emitter, shape: readonly number[]) {
    this.#e = e;
    this.#shape = shape;
    this.#channels = shape.at(-1)!;
    this.count = size(shape) / this.#channels;
    this.#pixels = pixelsPerRow(this.count, this.#channels);
  }

  open(value: Value): string {
    if (this.#pixels === 1) return this.#e.plain(value);
    return this.#e.plainAs(value, [this.count / this.#pixels, this.#pixels * this.#channels]);
  }

  close(name: string): Value {
    return plainValue(this.#shape, this.#pixels === 1 ? name : this.#e.reshape(name, this.#shape));
  }

  mean(x: string): string {
    return sumPixels(this.#e, x, this.count, this.#channels, 1 / this.count);
  }

  sum(x: string): string {
    return sumPixels(this.#e, x, this.count, this.#channels);
  }

  product(x: string, y: string, factor = 1): string {
    return sumPixels(this.#e, this.#e.op('Mul', [x, y]), this.count, this.#channels, factor);
  }

  centre(x: string, mean: string): string {
    return this.#e.op('Sub', [x, this.#row(mean)]);
  }

  add(x: string, y: string, activation: Activation): string {
    return this.#activate(this.#e.op('Add', [x, y]), activation);
  }

  gate(dy: string, y: string, activation: Activation): string {
    const e = this.#e;
    if (activation === 'none') return dy;
    const masked = e.op('Mul', [step(e, y, steep, 0), dy]);
    return activation === 'relu' ? masked : e.op('Mul', [step(e, y, -steep, 6 * steep), masked]);
  }

  affine(x: string, { scale, shift, addend, activation = 'none' }: AffineMap): string {
    let y = scale === undefined ? x : this.#e.op('Mul', [x, this.#row(scale)]);
    if (shift !== undefined) y = this.#e.op('Add', [y, this.#row(shift)]);
    if (addend !== undefined) y = this.#e.op('Add', [y, addend]);
    return this.#activate(y, activation);
  }

  #activate(x: string, activation: Activation): string {
    if (activation === 'none') return x;
    const e = this.#e;
    return activation === 'relu' ? e.op('Relu', [x]) : e.op('Clip', [x, e.scalar(0), e.scalar(6)]);
  }

  /** [c] -> a row */
  #row(vector: string): string {
    return this.#pixels === 1 ? vector : this.#e.op('Tile', [vector, this.#e.ints(this.#pixels)]);
  }
}
