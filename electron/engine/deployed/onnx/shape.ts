import { refuse } from './refuse.ts';

/** A side of an input's shape; one that is left open is a name, which may be empty. */
export type Dimension = string | number;

export type Layout = 'NHWC' | 'NCHW';

export const squareHint = 'Networks for one square image of three channels are read.';

/** null: it is left open. */
export const fixedSide = (dimension: Dimension | undefined): number | null =>
  typeof dimension === 'number' ? dimension : null;

export const shownShape = (shape: readonly Dimension[]): string =>
  `[${shape.map((dimension) => (dimension === '' ? '?' : dimension)).join(', ')}]`;

/** The layouts that an input's shape permits. Throws UNSUPPORTED_FORMAT where there are none. */
export function possibleLayouts(
  file: string,
  shape: readonly Dimension[],
  hint: Layout | undefined,
): Layout[] {
  const mayBe = { NCHW: fixedSide(shape[1]) ?? 3, NHWC: fixedSide(shape[3]) ?? 3 };
  const possible = (['NCHW', 'NHWC'] as const).filter((layout) => mayBe[layout] === 3);
  if (shape.length === 4 && (hint === undefined ? possible.length > 0 : possible.includes(hint))) {
    if ((shape[1] === 3) === (shape[3] === 3)) return possible;
    // An axis that is stated to be of three channels counts before one that is left open.
    const stated = shape[1] === 3 ? 'NCHW' : 'NHWC';
    return hint === undefined || hint === stated ? [stated] : possible;
  }
  const what = hint === undefined ? 'which has no single RGB axis' : `which is not ${hint} of three channels`;
  throw refuse(file, `its input has the shape ${shownShape(shape)}, ${what}`, squareHint);
}
