import path from 'node:path';
import { programVersion } from '../version.ts';
import { exportName, type Exporter } from './exporter.ts';
import { mistakeDataUris } from './report/images.ts';
import { shownMistakes } from './report/mistakes.ts';
import { renderReport } from './report/render.ts';
import { curvesOf } from './report/run-curves.ts';

/** report.html in the run's folder, or <run>-report.html elsewhere. */
export const report: Exporter = {
  name: 'report',
  async files({ run, out }) {
    const result = { ...(await run.result()), name: await run.shownName() };
    const html = renderReport({
      result,
      recipe: run.recipe,
      metrics: await curvesOf(run),
      importReport: await run.dataset(),
      mistakeImages: await mistakeDataUris(run, shownMistakes(result.mistakes)),
      version: programVersion(),
    });
    const file =
      out === null ? run.path('report.html') : path.join(out, `${await exportName(run)}-report.html`);
    return [{ path: file, content: html }];
  },
};
