import { useDebounceFn } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { toErrorValue, type ErrorValue } from '../../electron/contract/errors.ts';
import type { Draft } from '../../electron/contract/library.ts';
import type { Recipe } from '../../electron/contract/recipe.ts';
import { engine } from '../client/engine.ts';
import { cloneOf, newRecipe, restoredRecipe } from '../views/wizard/draft-recipe.ts';
import { stepIds, type StepId } from '../views/wizard/steps.ts';

/** Milliseconds without a change before a draft is saved, and the most that a change waits. */
const saveDelay = 500;
const longestDelay = 3000;

/**
 * The recipe that the wizard edits. It may be wrong while it is edited (an emptied number is NaN). It is kept as a draft by the
 * engine, from the first change on.
 */
export const useDraft = defineStore('draft', () => {
  const recipe = ref<Recipe>(newRecipe());
  /** null: nothing was saved yet. */
  const id = ref<string | null>(null);
  const step = ref<StepId>('data');
  /** Steps that were left: what is missing there is an error now. */
  const left = ref<StepId[]>([]);
  /** When a draft was last changed that was found and goes on; null for one that began here. */
  const continuedFrom = ref<string | null>(null);
  const saving = ref(false);
  const saveError = shallowRef<ErrorValue | null>(null);
  /** Whether a draft was begun or opened since the window was loaded. */
  const isOpen = ref(false);

  /** Whether settings may be proposed that suit the dataset: nobody has chosen any yet. */
  const mayPropose = ref(true);

  const text = computed(() => JSON.stringify(recipe.value));
  let begunText = text.value;
  let savedText = `${text.value}${step.value}`;
  const isChanged = computed(() => id.value !== null || text.value !== begunText);

  function put(
    next: Recipe,
    options: { id: string | null; step: StepId; left: StepId[]; from: string | null },
  ): void {
    recipe.value = cloneOf(next);
    id.value = options.id;
    step.value = options.step;
    left.value = options.left;
    continuedFrom.value = options.from;
    saveError.value = null;
    isOpen.value = true;
    savedText = `${text.value}${step.value}`;
  }

  /** Begins another draft; the one at work was saved already. `changed`: it is worth keeping as it is. */
  async function begin(next: Recipe = newRecipe(), { changed = false } = {}): Promise<void> {
    await flush();
    put(next, { id: null, step: 'data', left: [], from: null });
    mayPropose.value = !changed;
    begunText = changed ? '' : text.value;
    if (changed) savedText = '';
    if (changed) await flush();
  }

  async function open(draft: Draft): Promise<void> {
    await flush();
    const at = stepIds[draft.step] ?? 'data';
    const stepsBefore = stepIds.slice(0, draft.step);
    const next = restoredRecipe(draft.recipe);
    next.data.path ??= draft.data;
    mayPropose.value = false;
    put(next, { id: draft.id, step: at, left: stepsBefore, from: draft.updatedAt });
  }

  let queue: Promise<void> = Promise.resolve();

  /** Saves what is not saved yet. One save at a time: the first gives the draft its id. */
  function flush(): Promise<void> {
    queue = queue.then(save);
    return queue;
  }

  async function save(): Promise<void> {
    const now = `${text.value}${step.value}`;
    if (!isOpen.value || !isChanged.value || now === savedText) return;
    saving.value = true;
    try {
      const client = await engine.client();
      const saved = await client.recipes.saveDraft({
        id: id.value,
        recipe: JSON.parse(text.value) as unknown,
        data: recipe.value.data.path,
        step: stepIds.indexOf(step.value),
      });
      id.value = saved.id;
      savedText = now;
      saveError.value = null;
    } catch (thrown) {
      saveError.value = toErrorValue(thrown);
    } finally {
      saving.value = false;
    }
  }

  const flushSoon = useDebounceFn(flush, saveDelay, { maxWait: longestDelay });
  watch([text, step], () => void flushSoon());
  watch(engine.generation, () => saveError.value && void flush());
  window.addEventListener('pagehide', () => void flush());

  /** Removes the draft, whose work is done, and begins an empty one. */
  async function finish(): Promise<void> {
    await flush();
    const done = id.value;
    put(newRecipe(), { id: null, step: 'data', left: [], from: null });
    begunText = text.value;
    mayPropose.value = true;
    isOpen.value = false;
    if (done === null) return;
    const client = await engine.client();
    await client.recipes.removeDraft({ id: done });
  }

  function go(to: StepId): void {
    if (to === step.value) return;
    if (!left.value.includes(step.value)) left.value.push(step.value);
    step.value = to;
  }

  return {
    recipe,
    id,
    step,
    left,
    continuedFrom,
    saving,
    saveError,
    isOpen,
    mayPropose,
    isChanged,
    begin,
    open,
    flush,
    finish,
    go,
  };
});
