import type { EnsembleRecipe } from '../../contract/recipe/teacher.ts';
import { keptMember, memberLog, onMember, readEnsemble } from '../inputs/ensemble.ts';
import {
  closeViews,
  describeDifference,
  openTeacherViews,
  type TeacherView,
} from '../inputs/teacher-view.ts';
import type { Candidate } from './candidate.ts';
import { checkNetwork, keepNetwork, type TakeTeacherOptions } from './given-network.ts';

/** Several teachers that are trained already: each is read, evaluated by itself and kept with the run. Throws as takeGivenTeacher does. */
export async function takeEnsemble({
  run,
  teacher,
  data,
  prepare,
  log,
}: TakeTeacherOptions<EnsembleRecipe>): Promise<Omit<Candidate, 'role' | 'finished'>> {
  const { recipe } = prepare;
  const { image: recipes } = recipe.data;
  const classNames = data.classes.map(({ name }) => name);
  const { ensemble, read } = await readEnsemble(teacher, { dataset: classNames, image: recipes, log });
  let views: TeacherView[] = [];
  try {
    views = await openTeacherViews(data, ensemble.images, prepare);
    const files: string[][] = [];
    for (const [k, member] of ensemble.members.entries())
      await onMember(teacher, k, async () => {
        const own = memberLog(teacher, k, log);
        const { model, image } = member;
        if (image)
          own('info', `It sees the images as it was trained to: ${describeDifference(image, recipes)}.`);
        const seen = image ? views[ensemble.viewOf(member) - 1]! : { recipe, data };
        await checkNetwork(read[k]!, { recipe: seen.recipe, data: seen.data }, prepare, own);
        files.push(await keepNetwork(run, keptMember(k), model, image ?? recipes, classNames));
      });
    return { model: ensemble, views, files: files.flat() };
  } catch (error) {
    ensemble.dispose();
    await closeViews(views);
    throw error;
  }
}
