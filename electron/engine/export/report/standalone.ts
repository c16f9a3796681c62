import type { Figure } from './chart.ts';
import { escape } from './html.ts';
import { light, matrixStyle } from './style.ts';

const TITLE = 40;
const MARGIN = 16;

const variables = new Map(
  [...light.matchAll(/--([\w-]+): ([^;]+);/g)].map(([, name, value]) => [name!, value!]),
);
/** Programs that draw SVG know no variables; their place is taken by the values on white paper. */
const withColours = (text: string): string =>
  text.replace(/var\(--([\w-]+)\)/g, (_, name: string) => variables.get(name)!);

/** A figure of the report as an SVG document of its own, on white paper, with its title. */
export function standaloneSvg({ title, width, height, svg }: Figure): string {
  const [w, h] = [width + 2 * MARGIN, height + TITLE + MARGIN];
  const drawing = svg.html.replace(
    /^<svg/,
    `<svg x="${MARGIN}" y="${TITLE}" width="${width}" height="${height}"`,
  );
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">` +
    `<title>${escape(title)}</title><style>${withColours(matrixStyle)}</style>` +
    `<rect width="${w}" height="${h}" fill="#ffffff"/>` +
    withColours(
      `<text x="${MARGIN}" y="26" font-family="system-ui, sans-serif" font-size="15" font-weight="600" fill="var(--ink)">${escape(title)}</text>${drawing}`,
    ) +
    '</svg>\n'
  );
}
