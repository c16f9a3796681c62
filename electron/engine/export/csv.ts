import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import type { RunResult } from '../../contract/result.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { findPredictions } from '../run-folder/stored-predictions.ts';
import { curveTables, predictionTables, resultTables } from './csv/tables.ts';
import { exportBase, type Exporter } from './exporter.ts';

async function findResult(run: RunFolder): Promise<RunResult | null> {
  return run.result().catch((thrown: unknown) => {
    if (thrown instanceof DistillError && thrown.code === 'NOT_FOUND') return null;
    throw thrown;
  });
}

async function hasCurves(run: RunFolder): Promise<boolean> {
  const lines = run.metricsLines();
  const { done } = await lines.next();
  // It closes the file.
  await lines.return(undefined);
  return done !== true;
}

/**
 * What a run measured, as tables for other programs, as far as the run came: <run>-metrics.csv (steps), -epochs.csv,
 * -scores.csv, -per-class.csv, and for each model -confusion-<role>.csv and -predictions-<role>.csv. Columns bear the names of
 * metrics.jsonl and result.json; what is nested there has a dotted name, and the
 * loss of a distillation term its index and method, as '0-soft-target'. Texts that a spreadsheet would take for formulas have an
 * apostrophe before them (contract/spreadsheet.ts).
 */
export const csv: Exporter = {
  name: 'csv',
  async files(context) {
    const { run } = context;
    const result = await findResult(run);
    const predictions = await findPredictions(run);
    const methods = run.recipe.distillation.terms.map(({ method }) => method);
    const tables = [
      ...((await hasCurves(run)) ? curveTables(() => run.metricsLines(), methods) : []),
      ...(result ? resultTables(result) : []),
      ...(predictions ? predictionTables(predictions) : []),
    ];
    if (tables.length === 0) {
      throw new DistillError(
        'NOT_FOUND',
        `The run "${path.basename(run.folder)}" has measured nothing yet; it is ${run.state}.`,
        'Resume it, or wait until its first model is in training.',
      );
    }
    const base = await exportBase(context);
    return tables.map(([name, text]) => ({ path: `${base}-${name}.csv`, content: text }));
  },
};
