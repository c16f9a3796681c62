import { computed } from 'vue';
import type { Recipe } from '../../../electron/contract/recipe.ts';
import type { ImageRecipe, OwnImageRecipe } from '../../../electron/contract/recipe/image.ts';
import { sameStatistics, statisticsWords } from '../../../electron/contract/recipe/statistics.ts';
import { imageOf } from '../../../electron/contract/role-image.ts';
import { resizeNames } from '../../names.ts';
import { cloneOf } from '../draft-recipe.ts';
import { nameOfStatistics, namedStatistics, type StatisticsName, statisticsNames } from '../statistics.ts';

/** Stands for null: images like the student's, or like those that the teacher's file states. */
const open = 'open';
type StatisticsChoice = StatisticsName | 'own' | typeof open;

/** How a recipe's teacher sees the images, as choices; `image`: the recipe's field. */
export function useTeacherImage(recipe: () => Recipe, image: () => OwnImageRecipe) {
  const openName = computed(() =>
    recipe().teacher.source === 'weights' ? 'As its file states' : "As the student's",
  );
  const resizeChoices = computed(() => ({ [open]: openName.value, ...resizeNames }));
  const resize = computed<ImageRecipe['resize'] | typeof open>({
    get: () => image().resize ?? open,
    set: (next) => (image().resize = next === open ? null : next),
  });
  const seen = computed(() => imageOf(recipe(), 'teacher'));
  const statistics = computed<StatisticsChoice>({
    get: () =>
      image().mean === null && image().std === null ? open : (nameOfStatistics(seen.value) ?? 'own'),
    set(next) {
      if (next === open) Object.assign(image(), { mean: null, std: null });
      else if (next !== 'own') Object.assign(image(), cloneOf(namedStatistics[next]));
    },
  });
  /** Statistics of one's own are set in the recipe, and kept while they are chosen. */
  const statisticsChoices = computed(() => {
    const own = statistics.value === 'own' ? { own: 'Normalised as in the recipe' } : {};
    return { [open]: openName.value, ...statisticsNames, ...own } as Record<StatisticsChoice, string>;
  });
  const sentence = computed(() => {
    const { data, teacher } = recipe();
    if (teacher.source === 'weights')
      return 'What is left open is as the file states; what that leaves open, too, is as for the student.';
    const { image: students } = data;
    const normalised = `The teacher's images are normalised by ${statisticsWords(seen.value)}`;
    const areSame = sameStatistics(seen.value, students) ? ", as the student's are" : '';
    const isTwice = seen.value.size !== students.size || seen.value.resize !== students.resize;
    return `${normalised}${areSame}.${isTwice ? ' All images are prepared twice, once for each network, which takes more memory.' : ''}`;
  });
  return { resize, resizeChoices, statistics, statisticsChoices, sentence, openName };
}
