import { useLocalStorage } from '@vueuse/core';

/** Whether runs keep the teacher's logits for later ones. The window's habit, not the recipe's. */
export const keepsLogits = useLocalStorage('distill-stored-answers', false);
