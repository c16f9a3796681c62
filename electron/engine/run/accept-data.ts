import { DistillError } from '../../contract/errors.ts';
import { leakHint, leakSentences } from '../../contract/leaks.ts';
import { listed } from '../../contract/listed.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { PreparedData } from '../data/prepared-data.ts';
import { checkShares } from '../evaluate/unseen.ts';
import { mixedLayout } from '../inputs/loaders.ts';
import { unlabelledSentences } from '../../contract/unlabelled.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import type { RunContext } from './run-context.ts';
import { refuseErrors, runFindings } from './run-findings.ts';

/** A run that goes on must go on with the same images. Throws RUN_STATE. */
async function checkSameData(run: RunFolder, { report }: PreparedData): Promise<void> {
  const before = await run.dataset();
  if (before === null) return;
  if (before.unlabelled?.fingerprint !== report.unlabelled?.fingerprint)
    throw new DistillError(
      'RUN_STATE',
      `The unlabelled images in ${listed(report.unlabelled?.paths ?? [])} are not those that the run began with.`,
      'Put the old images back, or start a new run with these.',
    );
  if (before.fingerprint === report.fingerprint) return;
  throw new DistillError(
    'RUN_STATE',
    `The dataset in ${report.path} is not the one that the run began with: its images, labels or their names differ.`,
    'Give the old dataset with --data, or start a new run on this one.',
  );
}

const validationLeftAside = (images: number): string =>
  `The dataset's own validation part (${images} images) is not used: the recipe holds out other images (data.split.method).`;

function unlabelledLines(recipe: Recipe, data: PreparedData): string[] {
  const { unlabelled } = data.report;
  const layout = mixedLayout(data, recipe);
  if (!unlabelled || !layout) return [];
  const size = layout.labelled + layout.unlabelled;
  return [
    ...unlabelledSentences(unlabelled),
    `Of the ${size} images of each of its batches, ${layout.unlabelled} have no label.`,
  ];
}

/**
 * Checks the images of a run before anything is trained on them, keeps the import, and logs the findings about it.
 * Throws RUN_STATE where a resumed run began with other images, INVALID_INPUT where the recipe does not suit them.
 */
export async function acceptData({ run, recipe, data, resume, log }: RunContext): Promise<void> {
  if (resume) await checkSameData(run, data);
  checkShares(recipe.evaluation.expectedShares, data.classes.length);
  if (run.finished.length === 0) {
    const findings = await runFindings(recipe, data);
    refuseErrors(findings);
    for (const { message, hint } of findings) log('warn', `${message} ${hint}`);
  }
  await run.writeDataset(data.report);
  for (const message of unlabelledLines(recipe, data)) log('info', message);
  if (data.leftAside > 0) log('info', validationLeftAside(data.leftAside));
  const { leaks } = data.report;
  for (const message of leakSentences(leaks, recipe.data.dropLeaks)) log('info', message);
  if (!recipe.data.dropLeaks && leaks.some(({ sameBytes }) => !sameBytes)) log('info', leakHint);
}
