import { useLocalStorage } from '@vueuse/core';

/** Whether runs keep the teacher's answers for later ones. The window's habit, not the recipe's. */
export const keepsAnswers = useLocalStorage('distill-stored-answers', false);
