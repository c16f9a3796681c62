import { area, circle, colour, limb, line, place, rectangle } from './shapes.ts';

/** A car from behind, 30 x 23, from (0, 0). */
export const car = (fill: string): string =>
  area(
    'M0 19 V11 C0 9.5 1 8.7 3 8.5 L6.5 1.5 C7 .5 7.6 0 9 0 H21 C22.4 0 23 .5 23.5 1.5 L27 8.5 C29 8.7 30 9.5 30 11 V19 Z M6.8 8 H23.2 L20.8 3 H9.2 Z',
    fill,
  ) +
  rectangle(2.5, 18.5, 6, 4.5, fill) +
  rectangle(21.5, 18.5, 6, 4.5, fill);

/** A lorry from behind, 27 x 31, from (0, 0). */
export const lorryRear = (fill: string): string =>
  rectangle(0, 0, 27, 18.5, fill) +
  rectangle(1.5, 20, 24, 6.5, fill) +
  rectangle(2.5, 26, 6.5, 5, fill) +
  rectangle(18, 26, 6.5, 5, fill);

/** A lorry from the side, for a round sign. */
export const lorrySide = (): string =>
  rectangle(42, 35, 39, 25, colour.black) +
  area('M19 62 V51 L25 41 H39.5 V62 Z M24 51 H34 V44.5 H27.6 Z', colour.black) +
  rectangle(19, 60, 62, 4, colour.black) +
  [30, 60, 71.5].map((x) => circle(x, 64, 6, colour.white) + circle(x, 64, 4.8, colour.black)).join('');

export const exclamation = (): string =>
  area('M45.2 38 C45.2 34 54.8 34 54.8 38 L52.6 65 H47.4 Z', colour.black) +
  circle(50, 73.5, 4.6, colour.black);

export const bumps = (): string =>
  area(
    'M29 78 V72 C36 72 36 61 41.5 61 C47 61 47 70 50 70 C53 70 53 61 58.5 61 C64 61 64 72 71 72 V78 Z',
    colour.black,
  );

export const skiddingCar = (): string =>
  place(car(colour.black), 37.5, 49, 0.84, -12) +
  line('M44 68 C50 71 37 75 43 81', 3, colour.black) +
  line('M59 65 C66 69 53 75 59 81', 3, colour.black);

export const narrowingOnTheRight = (): string =>
  line('M42.5 80 V44', 5, colour.black) + line('M64 80 V70 L55.5 58 V44', 5, colour.black);

export const lights = (): string =>
  circle(50, 46, 6, colour.red) + circle(50, 60, 6, colour.yellow) + circle(50, 74, 6, colour.green);

export const digger = (): string =>
  circle(47, 43.5, 4.2, colour.black) +
  limb('M45.5 52 L43 62', 8, colour.black) +
  limb('M42.5 63 L39 70 L33 79', 4.6, colour.black) +
  limb('M43.5 63 L49 69 L48.5 79', 4.6, colour.black) +
  limb('M46.5 51 L54 58.5 L58 59', 3.4, colour.black) +
  limb('M48 53 L62 70', 2.4, colour.black) +
  area('M54 80.5 C57 71 61 69 65 69 C69 69 72 73 76 80.5 Z', colour.black);

/** Someone walking to the left, 40 high, feet at (0, 0). */
const walker = (): string =>
  circle(0.5, -35.5, 4.3, colour.black) +
  limb('M0 -27 L0.5 -17', 7.6, colour.black) +
  limb('M0 -16 L-3 -9 L-8 -1.5', 4.6, colour.black) +
  limb('M1 -16 L6 -10 L7 -1.5', 4.6, colour.black) +
  limb('M-1.5 -27 L-7 -20 L-9 -16', 3, colour.black) +
  limb('M2 -27 L7.5 -21 L8.5 -16', 3, colour.black);

export const pedestrian = (): string =>
  place(walker(), 50, 76.5, 1) +
  [25, 37, 56, 68].map((x) => area(`M${x} 81 l2.5 -5 h5 l-1.5 5 Z`, colour.black)).join('');

/** A child running to the left, 34 high, feet at (0, 0). */
const runner = (): string =>
  circle(-2.5, -30, 4.2, colour.black) +
  limb('M-1 -22 L2 -14', 7, colour.black) +
  limb('M1 -13 L-6 -11 L-7 -2', 4, colour.black) +
  limb('M3 -13 L8 -7 L14 -6', 4, colour.black) +
  limb('M-2 -22 L-8 -18 L-12 -21', 2.8, colour.black) +
  limb('M1 -22 L8 -19 L11 -23', 2.8, colour.black);

export const children = (): string => place(runner(), 56, 80, 1.08) + place(runner(), 38, 80.5, 0.74);

export function bicycle(): string {
  const wheel = (x: number): string =>
    `<circle cx="${x}" cy="70" r="9" fill="none" stroke="${colour.black}" stroke-width="2.6"/>`;
  return (
    wheel(37.5) +
    wheel(62.5) +
    limb('M37.5 70 L44.5 57 L58.5 57 L49.5 70 Z M49.5 70 L43 53', 2.4, colour.black) +
    limb('M62.5 70 L57.5 52 L62 51', 2.4, colour.black) +
    limb('M40 52.5 H46', 3, colour.black)
  );
}

export function snowflake(): string {
  const arm = limb('M0 0 V-18 M-5.5 -17 L0 -11.5 L5.5 -17 M-4.5 -9.5 L0 -5 L4.5 -9.5', 2.7, colour.black);
  return [0, 60, 120, 180, 240, 300].map((degrees) => place(arm, 50, 62, 1, degrees)).join('');
}

/** A deer that leaps to the left. */
export const deer = (): string =>
  area(
    'M43 55 C47 53 53 57 58 60 C63 62 66 66 63.5 70 C60 72 55 67 49 66 C44 65 40 62 43 55 Z',
    colour.black,
  ) +
  limb('M44.5 59 L40.5 48.5', 5.4, colour.black) +
  limb('M40.5 47.5 L35.5 51', 4.2, colour.black) +
  limb('M41.5 46 L45 41 L44.5 36.5 M45 41 L49 39 M43 44 L48 44.5', 1.9, colour.black) +
  limb('M44 64 L37 65 L34.5 71', 3, colour.black) +
  limb('M46 65.5 L41 70.5 L40 77', 3, colour.black) +
  limb('M62 69 L60 74 L67 80', 3.4, colour.black) +
  limb('M64 68 L66.5 73 L73 77', 3, colour.black) +
  limb('M64.5 64 L68 63.5', 2.6, colour.black);
