import { useToast } from '@nuxt/ui/composables/useToast';
import { storeToRefs } from 'pinia';
import { useDraft } from './draft.ts';
import { cloneOf } from './draft-recipe.ts';

/** Changes of the draft that lose much, with a way back. */
export function useUndo() {
  const toast = useToast();
  const { recipe, tries, id } = storeToRefs(useDraft());

  /** `title` names what was done. */
  return (title: string, change: () => void): void => {
    const before = cloneOf(recipe.value);
    const triedBefore = cloneOf(tries.value);
    const draft = id.value;
    change();
    toast.add({
      title,
      icon: 'i-lucide-undo-2',
      color: 'neutral',
      duration: 10_000,
      actions: [
        {
          label: 'Undo',
          color: 'neutral',
          variant: 'outline',
          onClick: () => {
            if (id.value !== draft) return;
            recipe.value = before;
            tries.value = triedBefore;
          },
        },
      ],
    });
  };
}
