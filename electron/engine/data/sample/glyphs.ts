import { place } from './shapes.ts';

/** Centre lines in a box 100 high, drawn with a pen 14 wide; `width` is the box's. Our own drawing: no font is needed. */
const glyphs: Record<string, { width: number; path: string }> = {
  '0': {
    width: 56,
    path: 'M7 30 C7 15 15 7 28 7 C41 7 49 15 49 30 V70 C49 85 41 93 28 93 C15 93 7 85 7 70 Z',
  },
  '1': { width: 38, path: 'M3 29 L27 11 M29 0 V100' },
  '2': { width: 56, path: 'M8 31 C8 15 16 7 28 7 C41 7 49 15 49 29 C49 48 27 64 10 95 M3 93 H53' },
  '3': {
    width: 56,
    path: 'M8 28 C8 15 16 7 28 7 C40 7 47 14 47 26 C47 39 39 46 25 46 H19 M25 46 C40 46 49 54 49 69 C49 85 41 93 28 93 C15 93 7 86 7 71',
  },
  '5': {
    width: 56,
    path: 'M50 7 H14 L11 52 C16 45 22 42 29 42 C42 42 49 51 49 67 C49 84 41 93 28 93 C15 93 8 86 7 74',
  },
  '6': {
    width: 56,
    path: 'M40 2 C27 20 7 44 7 68 C7 84 15 93 28 93 C41 93 49 84 49 68 C49 53 41 44 29 44 C20 44 14 48 10 54',
  },
  '7': { width: 54, path: 'M2 7 H47 C37 30 23 60 20 100' },
  '8': {
    width: 56,
    path: 'M28 46 C17 46 10 38 10 27 C10 15 17 7 28 7 C39 7 46 15 46 27 C46 38 39 46 28 46 C15 46 7 55 7 69 C7 84 15 93 28 93 C41 93 49 84 49 69 C49 55 41 46 28 46 Z',
  },
  S: {
    width: 54,
    path: 'M46 29 C45 14 38 7 27 7 C15 7 8 15 8 26 C8 38 15 43 27 48 C40 53 47 59 47 72 C47 85 39 93 27 93 C14 93 7 85 7 70',
  },
  T: { width: 52, path: 'M0 7 H52 M26 7 V100' },
  O: { width: 58, path: 'M7 30 C7 15 15 7 29 7 C43 7 51 15 51 30 V70 C51 85 43 93 29 93 C15 93 7 85 7 70 Z' },
  P: { width: 54, path: 'M9 100 V7 H26 C40 7 48 15 48 31 C48 47 40 55 26 55 H9' },
};

/**
 * A number or word, centred on (50, 50).
 *
 * @param height of the letters, in the sign's units
 * @param narrow below 1: condensed, as a speed limit of three digits is
 */
export function lettering(text: string, height: number, fill: string, narrow = 1): string {
  const gap = 13;
  const letters = Array.from(text, (letter) => glyphs[letter]!);
  const width = letters.reduce((sum, letter) => sum + letter.width, gap * (letters.length - 1));
  let x = -width / 2;
  const paths = letters.map(({ path, width: advance }) => {
    const at = x;
    x += advance + gap;
    return `<path d="${path}" transform="translate(${at} -50)"/>`;
  });
  const group = `<g fill="none" stroke="${fill}" stroke-width="14" stroke-miterlimit="2" transform="scale(${narrow} 1)">${paths.join('')}</g>`;
  return place(group, 50, 50, height / 100);
}
