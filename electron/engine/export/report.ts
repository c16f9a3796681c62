import path from 'node:path';
import { programVersion } from '../../platform/version.ts';
import { type ExportContext, type Exporter, exportName } from './exporter.ts';
import type { ExportFile } from './item.ts';
import { mistakeDataUris } from './report/images.ts';
import { shownMistakes } from './report/mistakes.ts';
import { renderReport } from './report/render.ts';
import { curvesOf } from './report/run-curves.ts';

async function page(context: Pick<ExportContext, 'run' | 'result'>): Promise<string> {
  const { run } = context;
  const result = { ...(await context.result()), name: await run.shownName() };
  return renderReport({
    result,
    recipe: run.recipe,
    metrics: await curvesOf(run),
    importReport: await run.dataset(),
    mistakeImages: await mistakeDataUris(run, shownMistakes(result.mistakes)),
    version: programVersion(),
  });
}

/** report.html in the run's folder. Throws NOT_FOUND where the run has no result yet. */
export async function ownReport(context: ExportContext): Promise<ExportFile> {
  await context.result();
  return { path: context.run.path('report.html'), content: () => page(context) };
}

/** report.html in the run's folder, or <run>-report.html elsewhere. */
export const report: Exporter = {
  name: 'report',
  async files(context) {
    const { run, out } = context;
    const own = await ownReport(context);
    return [out === null ? own : { ...own, path: path.join(out, `${await exportName(run)}-report.html`) }];
  },
};
