import { memberName, sharesOf } from '../../contract/ensemble.ts';
import { DistillError } from '../../contract/errors.ts';
import type { EnsembleRecipe } from '../../contract/recipe/teacher.ts';
import { commonCoverage } from '../distill/covered-part.ts';
import { Ensemble, type EnsembleMember } from '../models/ensemble.ts';
import type { NetworkName } from '../run-folder/run-paths.ts';
import type { Log } from './models.ts';
import { type ReadOptions, type ReadTeacher, readTeacher } from './read-teacher.ts';
import { otherImage } from './teacher-view.ts';

/** What a run calls its members, whose weights it keeps. */
export const keptMember = (k: number): NetworkName => `teacher-${k + 1}`;

const nameOf = ({ members }: EnsembleRecipe, k: number): string =>
  `Teacher ${k + 1}, ${memberName(members[k]!.teacher)}`;

/** A log whose lines begin with a member's name. */
export const memberLog =
  (recipe: EnsembleRecipe, k: number, log: Log): Log =>
  (level, message) =>
    log(level, `${nameOf(recipe, k)}: ${message}`);

/** Work on one member: its errors begin with its name. */
export async function onMember<T>(recipe: EnsembleRecipe, k: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof DistillError)) throw thrown;
    const { code, message, hint, retryable } = thrown;
    throw new DistillError(code, `${nameOf(recipe, k)}: ${message}`, hint, { retryable, cause: thrown });
  }
}

/**
 * Opens members one after the other; what is open is freed where one of them fails. Throws WEIGHTS_MISMATCH where they know different
 * classes.
 */
export async function openEnsemble(
  recipe: EnsembleRecipe,
  open: (k: number) => Promise<Pick<EnsembleMember, 'model' | 'image'>>,
): Promise<Ensemble> {
  const shares = sharesOf(recipe);
  const members: EnsembleMember[] = [];
  try {
    for (const [k, { teacher }] of recipe.members.entries())
      members.push({ name: memberName(teacher), share: shares[k]!, ...(await open(k)) });
    const covers = commonCoverage(members.map(({ model }) => model));
    return new Ensemble(members, recipe.average, covers);
  } catch (thrown) {
    for (const { model } of members) model.dispose();
    throw thrown;
  }
}

/** Reads all members of an ensemble, with the dataset's classes as the outputs of each. Throws as readTeacher does. */
export async function readEnsemble(
  recipe: EnsembleRecipe,
  options: ReadOptions,
): Promise<{ ensemble: Ensemble; read: readonly ReadTeacher[] }> {
  const { log = () => undefined } = options;
  const read: ReadTeacher[] = [];
  const ensemble = await openEnsemble(recipe, (k) =>
    onMember(recipe, k, async () => {
      const own = { ...options, log: memberLog(recipe, k, log) };
      const one = await readTeacher(recipe.members[k]!.teacher, own);
      read.push(one);
      return { model: one.model, image: otherImage(one.image, options.image) };
    }),
  );
  return { ensemble, read };
}
