import { computed } from 'vue';
import type { Recipe } from '../../../electron/contract/recipe.ts';
import type { ImageRecipe, OwnImageRecipe } from '../../../electron/contract/recipe/image.ts';
import { sameStatistics, statisticsWords } from '../../../electron/contract/recipe/statistics.ts';
import { imageOf } from '../../../electron/contract/role-image.ts';
import { resizeNames } from '../../names.ts';
import { cloneOf } from '../draft-recipe.ts';
import { nameOfStatistics, namedStatistics, type StatisticsName, statisticsNames } from '../statistics.ts';

/** Stands for null, by which the teacher's images are like the student's. */
const asStudents = 'student';
type StatisticsChoice = StatisticsName | 'own' | typeof asStudents;

const resizeChoices = { [asStudents]: "As the student's", ...resizeNames };
const statisticsChoices: Record<StatisticsChoice, string> = {
  [asStudents]: "As the student's",
  ...statisticsNames,
  own: 'Normalised as in the recipe',
};

/** How the teacher that a recipe trains sees the images, as choices; `image`: the recipe's field. */
export function useTeacherImage(recipe: () => Recipe, image: () => OwnImageRecipe) {
  const resize = computed<ImageRecipe['resize'] | typeof asStudents>({
    get: () => image().resize ?? asStudents,
    set: (next) => (image().resize = next === asStudents ? null : next),
  });
  const seen = computed(() => imageOf(recipe(), 'teacher'));
  const statistics = computed<StatisticsChoice>({
    get: () =>
      image().mean === null && image().std === null ? asStudents : (nameOfStatistics(seen.value) ?? 'own'),
    set(next) {
      if (next === asStudents) Object.assign(image(), { mean: null, std: null });
      else if (next !== 'own') Object.assign(image(), cloneOf(namedStatistics[next]));
    },
  });
  /** Statistics of one's own are set in the recipe, and kept while they are chosen. */
  const shownStatistics = computed(() => {
    const shown = Object.entries(statisticsChoices).filter(
      ([choice]) => choice !== 'own' || statistics.value === 'own',
    );
    return Object.fromEntries(shown) as typeof statisticsChoices;
  });
  const sentence = computed(() => {
    const { image: students } = recipe().data;
    const normalised = `The teacher's images are normalised by ${statisticsWords(seen.value)}`;
    const areSame = sameStatistics(seen.value, students) ? ", as the student's are" : '';
    const isTwice = seen.value.size !== students.size || seen.value.resize !== students.resize;
    return `${normalised}${areSame}.${isTwice ? ' All images are prepared twice, once for each network, which takes more memory.' : ''}`;
  });
  return { resize, resizeChoices, statistics, statisticsChoices: shownStatistics, sentence };
}
