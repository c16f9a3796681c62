import { colour, line, place, polygon, turn } from './shapes.ts';

/** An arrowhead whose tip is at (x, y), pointing up, turned clockwise by `degrees`. */
const head = (x: number, y: number, degrees: number, scale: number, fill: string): string =>
  place(polygon('0,0 17,24 6,21 -6,21 -17,24', fill), x, y, scale, degrees);

const white = (path: string): string => line(path, 11.5, colour.white);

export const ahead = (): string => white('M50 86 V30') + head(50, 13, 0, 1, colour.white);

export const turnRight = (): string =>
  white('M36 83 V56 C36 46 41 41 50 41 H68') + head(85, 41, 90, 1, colour.white);

export const aheadOrRight = (): string =>
  white('M41 85 V30') +
  head(41, 12, 0, 0.92, colour.white) +
  white('M41 76 V73 C41 63 46 58 54 58 H72') +
  head(87, 58, 90, 0.92, colour.white);

export const keepRight = (): string => turn(ahead(), 135);

/** Three arrows that chase each other anticlockwise. */
export function roundabout(): string {
  const arrow =
    line('M58.5 20.2 A31 31 0 0 0 23.9 33.4', 10.5, colour.white) + head(15.2, 48.6, 208, 0.86, colour.white);
  return [0, 120, 240].map((degrees) => turn(arrow, degrees)).join('');
}

const black = (path: string): string => line(path, 8.5, colour.black);

/** For a danger sign: the road bends to the right. */
export const bendRight = (): string =>
  black('M41.5 81 V72 C41.5 64 46 60.5 52 60.5 H56') + head(67.5, 60.5, 90, 0.62, colour.black);

/** For a danger sign: two bends, the first to the left. */
export const doubleBend = (): string =>
  black('M56.5 81 V76 C56.5 67 43.5 70 43.5 62 C43.5 54 51 58 51 50') + head(51, 37.5, 0, 0.58, colour.black);

/** For a danger sign: the road ahead goes before the one that crosses it. */
export const rightOfWay = (): string =>
  line('M50 81 V50', 9, colour.black) +
  head(50, 35, 0, 0.7, colour.black) +
  line('M35 64 H65', 5, colour.black);
