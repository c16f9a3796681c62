/** The few SVG elements that the signs are made of. Coordinates are those of the sign's 100 x 100 view box. */

export const colour = {
  red: '#c0151f',
  blue: '#1253a4',
  yellow: '#f4b41a',
  green: '#1f8f4d',
  black: '#17181a',
  grey: '#8b8d8f',
  white: '#f5f5f1',
} as const;

export const circle = (x: number, y: number, radius: number, fill: string): string =>
  `<circle cx="${x}" cy="${y}" r="${radius}" fill="${fill}"/>`;

export const rectangle = (x: number, y: number, width: number, height: number, fill: string): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;

/** A closed polygon; `rounding` is the diameter of the round that runs around its corners, outside of `points`. */
export const polygon = (points: string, fill: string, rounding = 0): string =>
  `<polygon points="${points}" fill="${fill}" stroke="${fill}" stroke-width="${rounding}" stroke-linejoin="round"/>`;

/** A filled path; holes by the even-odd rule. */
export const area = (path: string, fill: string): string =>
  `<path d="${path}" fill="${fill}" fill-rule="evenodd"/>`;

/** A line with square ends and mitred corners. */
export const line = (path: string, width: number, stroke: string): string =>
  `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`;

/** A line with round ends and corners: limbs, branches, tubes. */
export const limb = (path: string, width: number, stroke: string): string =>
  `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;

/** `content` moved to (x, y), after it was scaled and turned clockwise by `degrees`, about its own origin. */
export const place = (content: string, x: number, y: number, scale = 1, degrees = 0): string =>
  `<g transform="translate(${x} ${y}) rotate(${degrees}) scale(${scale})">${content}</g>`;

export const mirror = (content: string): string =>
  `<g transform="translate(100 0) scale(-1 1)">${content}</g>`;

/** `content` turned clockwise about the sign's centre. */
export const turn = (content: string, degrees: number): string =>
  `<g transform="rotate(${degrees} 50 50)">${content}</g>`;
