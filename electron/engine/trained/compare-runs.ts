import { DistillError } from '../../contract/errors.ts';
import type { ModelOfRun } from '../../contract/run-evaluation.ts';
import type { Handlers } from '../../contract/services.ts';
import type { PairNames } from '../../contract/verdict.ts';
import { comparePair, type PairSide } from '../evaluate/pair.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { readPredictions } from '../run-folder/stored-predictions.ts';
import { trainedClasses } from '../run-folder/trained-classes.ts';

async function sideOf({ folder, role }: ModelOfRun): Promise<PairSide> {
  const run = await RunFolder.open(folder);
  const { keys, hashes, classNames, models } = await readPredictions(run);
  const name = await run.shownName();
  const predictions = models.get(role);
  if (!predictions) {
    throw new DistillError(
      'NOT_FOUND',
      `“${name}” has no predictions of a ${role}.`,
      `Choose among: ${[...models.keys()].join(', ')}.`,
    );
  }
  return {
    run: name,
    keys,
    hashes: hashes ?? null,
    fingerprint: (await run.dataset().catch(() => null))?.fingerprint ?? null,
    classes: await trainedClasses(run, classNames),
    predictions,
  };
}

/** What the two are called: by their roles within one run, by run and role otherwise. */
function namesOf(first: ModelOfRun, second: ModelOfRun, runs: readonly [string, string]): PairNames {
  const inOne = first.folder === second.folder;
  const words = ({ role }: ModelOfRun, run: string) => (inOne ? `the ${role}` : `the ${role} of “${run}”`);
  const [one, other] = [words(first, runs[0]), words(second, runs[1])];
  return {
    first: `${one[0]!.toUpperCase()}${one.slice(1)}`,
    second: other,
    both: `${one} and ${other}`,
    only: inOne ? [one, other] : ['the first', 'the second'],
  };
}

/** Throws NOT_FOUND where a run kept no predictions, or none of the role, RUN_CORRUPT. */
export const compareRuns: Handlers['runs']['compare'] = async ({ first, second }) => {
  const [one, other] = [await sideOf(first), await sideOf(second)];
  return comparePair(one, other, namesOf(first, second, [one.run, other.run]));
};
