import type { Emitter } from '../emitter.ts';
import { plainValue, type Value } from '../layout.ts';
import { sumPixels } from './channels/sums.ts';
import { type ConvInfo, padsOf, reach } from './convolution/geometry.ts';
import { padNhwc } from './convolution/im2col.ts';

/**
 * Depthwise convolution and max pooling's gradient on plain NHWC images, a pass over memory for each tap of the window: for
 * processors without blocked operators, channels that fill no blocks, and GPUs.
 */

interface Tap {
  row: number;
  column: number;
}

function tapsOf({ filterHeight, filterWidth }: ConvInfo): Tap[] {
  return Array.from({ length: filterHeight * filterWidth }, (_, i) => ({
    row: Math.floor(i / filterWidth),
    column: i % filterWidth,
  }));
}

/** What every window sees at a tap: padded image -> [n, ho, wo, c]. */
function take(e: Emitter, padded: string, { row, column }: Tap, info: ConvInfo): string {
  const { outHeight, outWidth, strideHeight: sh, strideWidth: sw } = info;
  return e.op('Slice', [
    padded,
    e.ints(row, column),
    e.ints(row + (outHeight - 1) * sh + 1, column + (outWidth - 1) * sw + 1),
    e.ints(1, 2),
    e.ints(sh, sw),
  ]);
}

/** The way back: [n, ho, wo, c] -> the image [n, h, w, c] with zeros where no window has this tap. */
function place(e: Emitter, plane: string, { row, column }: Tap, info: ConvInfo): string {
  const { batchSize: n, inHeight: h, inWidth: w, inChannels: c, outHeight: ho, outWidth: wo } = info;
  const { strideHeight: sh, strideWidth: sw } = info;
  const [top, left] = padsOf(info);
  let spread = plane;
  if (sh > 1 || sw > 1) {
    const rows = e.reshape(plane, [n, ho, 1, wo, c]);
    const zeros = e.op('Pad', [rows, e.ints(0, 0, 0, 0, 0, 0, 0, sh - 1, 0, (sw - 1) * c)]);
    spread = e.reshape(zeros, [n, ho * sh, wo * sw, c]);
  }
  const [above, before] = [row - top, column - left];
  return padNhwc(e, spread, [above, before, h - ho * sh - above, w - wo * sw - before]);
}

const total = (e: Emitter, names: readonly string[]): string => names.reduce((a, b) => e.op('Add', [a, b]));

/** [kh, kw, c, 1] -> a vector [c] for each tap. */
function vectors(e: Emitter, filter: string, { filterHeight, filterWidth, inChannels }: ConvInfo): string[] {
  const count = filterHeight * filterWidth;
  if (count === 1) return [e.reshape(filter, [inChannels])];
  const rows = e.reshape(filter, [count, inChannels]);
  return [...e.split(rows, new Array<number>(count).fill(1), 0)];
}

const padded = (e: Emitter, x: Value, info: ConvInfo) => padNhwc(e, e.plain(x), reach(info));

export function depthwiseByTaps(e: Emitter, x: Value, filter: Value, info: ConvInfo): Value {
  const image = padded(e, x, info);
  const weights = vectors(e, e.plain(filter), info);
  const terms = tapsOf(info).map((tap, i) => e.op('Mul', [take(e, image, tap, info), weights[i]!]));
  return plainValue(info.outShape, total(e, terms));
}

export function depthwiseInputGradientByTaps(e: Emitter, dy: Value, filter: Value, info: ConvInfo): Value {
  const weights = vectors(e, e.plain(filter), info);
  const terms = tapsOf(info).map((tap, i) => place(e, e.op('Mul', [e.plain(dy), weights[i]!]), tap, info));
  return plainValue(info.inShape, total(e, terms));
}

export function depthwiseFilterGradientByTaps(e: Emitter, x: Value, dy: Value, info: ConvInfo): Value {
  const { filterHeight: kh, filterWidth: kw, inChannels: c } = info;
  const image = padded(e, x, info);
  const count = info.batchSize * info.outHeight * info.outWidth;
  const sums = tapsOf(info).map((tap) =>
    sumPixels(e, e.op('Mul', [take(e, image, tap, info), e.plain(dy)]), count, c),
  );
  const joined = sums.length > 1 ? e.op('Concat', sums, { axis: 0 }) : sums[0]!;
  return plainValue([kh, kw, c, 1], e.reshape(joined, [kh, kw, c, 1]));
}

/** float32's lowest number: no maximum lies in the padding. */
const lowest = -3.4028234663852886e38;

/** Goes through each window's taps row by row: the first that equals the maximum y takes what is left of dy. */
export function maxPoolGradientByTaps(e: Emitter, dy: Value, x: Value, y: Value, info: ConvInfo): Value {
  const [top, left, bottom, right] = reach(info);
  const image = e.op('Pad', [e.plain(x), e.ints(0, top, left, 0, 0, bottom, right, 0), e.scalar(lowest)]);
  let rest = e.plain(dy);
  const terms = tapsOf(info).map((tap) => {
    const hit = e.op('Cast', [e.op('Equal', [take(e, image, tap, info), e.plain(y)])], { to: 1 });
    const share = e.op('Mul', [hit, rest]);
    rest = e.op('Sub', [rest, share]);
    return place(e, share, tap, info);
  });
  return plainValue(info.inShape, total(e, terms));
}
