import type { RunEvent } from '../../contract/events.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { CallProgress } from '../../contract/method.ts';
import { needsApostrophes, spreadsheetNote } from '../../contract/spreadsheet.ts';
import { exportRun } from '../export/index.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { checkExports } from '../trained/check-exports.ts';
import type { ExportsDone } from '../estimate/run-seconds.ts';
import { prepareData, type PreparedData, type PrepareOptions } from '../data/prepared-data.ts';
import { OpenedImages } from '../trained/run-images.ts';

export interface RunExportsContext {
  run: RunFolder;
  recipe: Recipe;
  data: PreparedData;
  signal: AbortSignal;
  emit: (event: RunEvent) => void;
}

/** Writes what the recipe asks for, and checks its networks. `onProgress`: of files or of images, and what is done of all. */
export async function writeExports(
  { run, recipe, data, signal, emit }: RunExportsContext,
  prepare: PrepareOptions,
  onProgress: (progress: CallProgress, done: ExportsDone) => void,
): Promise<void> {
  const names = [...data.classes.map(({ name }) => name), ...data.test.keys];
  if (recipe.exports.includes('csv') && needsApostrophes(names))
    emit({ type: 'log', level: 'info', message: spreadsheetNote });
  const images = new OpenedImages(
    recipe,
    (own, parts) => prepareData({ ...prepare, recipe: own, parts }),
    data,
  );
  const shares: ExportsDone = { written: 0, calibrated: 0, checked: 0 };
  try {
    const { rows, notes } = await exportRun(run, recipe.exports, null, {
      images,
      check: checkExports({ images, runtime: run.runtime, isBusy: () => false }),
      signal,
      onProgress(progress) {
        const { done, total, phase } = progress;
        const share = total > 0 ? done / total : 1;
        if (phase === 'write') shares.written = share;
        if (phase === 'calibrate') shares.calibrated = share;
        if (phase === 'check') shares.checked = share;
        onProgress(progress, shares);
      },
    });
    for (const message of [
      ...rows.flatMap(({ file, findings }) => findings.map((one) => `${file}: ${one}`)),
      ...notes,
    ])
      emit({ type: 'log', level: 'warn', message });
  } finally {
    await images.close();
  }
}
