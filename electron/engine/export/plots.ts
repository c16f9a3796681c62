import sharp from 'sharp';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { programVersion } from '../../platform/version.ts';
import { exportBase, type Exporter } from './exporter.ts';
import type { ExportFile } from './item.ts';
import type { Figure } from './report/chart.ts';
import { classFigure } from './report/classes.ts';
import { confusionFigure } from './report/confusion.ts';
import { curveFigures } from './report/curves.ts';
import { curvesOf } from './report/run-curves.ts';
import { standaloneSvg } from './report/standalone.ts';
import { ttaFigures } from './report/tta.ts';

/** An SVG's unit is 1/96 inch: two pixels each, for sharp print and screens. */
const DENSITY = 2 * 72;

async function figuresOf(run: RunFolder): Promise<Figure[]> {
  const data = {
    result: await run.result(),
    recipe: run.recipe,
    metrics: await curvesOf(run),
    importReport: null,
    mistakeImages: {},
    version: programVersion(),
  };
  return [...curveFigures(data), classFigure(data), confusionFigure(data), ...ttaFigures(data)];
}

/** The report's figures, each as <run>-<figure>.svg and .png (two pixels a unit), on white paper. */
export const plots: Exporter = {
  name: 'plots',
  async files(context) {
    const base = await exportBase(context);
    return (await figuresOf(context.run)).flatMap((figure): ExportFile[] => {
      const svg = standaloneSvg(figure);
      const png = () => sharp(Buffer.from(svg), { density: DENSITY }).png().toBuffer();
      return [
        { path: `${base}-${figure.name}.svg`, content: svg },
        { path: `${base}-${figure.name}.png`, content: png },
      ];
    });
  },
};
