import { useDebounceFn } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { DistillError, toErrorValue, type ErrorValue } from '../../electron/contract/errors.ts';
import type { Draft } from '../../electron/contract/draft.ts';
import type { Recipe } from '../../electron/contract/recipe.ts';
import { engine } from '../client/engine.ts';
import { cloneOf, newRecipe, restoredRecipe } from './draft-recipe.ts';
import { restoredTries, type Tries } from './sweep/tries.ts';
import { isStep, stepIds, type StepId } from './steps.ts';

/** Milliseconds without a change before a draft is saved, and the most that a change waits. */
const saveDelay = 500;
const longestDelay = 3000;

/**
 * The recipe that the wizard edits. It may be wrong while it is edited (an emptied number is NaN). It is kept as a draft by the
 * engine, from the first change on.
 */
export const useDraft = defineStore('draft', () => {
  const recipe = ref<Recipe>(newRecipe());
  /** What is tried instead of single values. */
  const tries = ref<Tries>({});
  /** null: nothing was saved yet. */
  const id = ref<string | null>(null);
  const step = ref<StepId>('data');
  /** Steps that were left: what is missing there is an error now. */
  const left = ref<StepId[]>([]);
  /** When a draft was last changed that was found and goes on; null for one that began here. */
  const continuedFrom = ref<string | null>(null);
  const saving = ref(false);
  const saveError = shallowRef<ErrorValue | null>(null);
  /** Rises with every draft that is begun or opened. */
  const opening = ref(0);
  /** Whether another window changed this draft, so that this one's version is a draft of its own now. */
  const isParted = ref(false);
  /** Whether a draft was begun or opened since the window was loaded. */
  const isOpen = ref(false);

  /** Whether settings may be proposed that suit the dataset: nobody has chosen any yet. */
  const mayPropose = ref(true);

  const text = computed(() => JSON.stringify({ recipe: recipe.value, tries: tries.value }));
  let begunText = text.value;
  let savedText = `${text.value}${step.value}`;
  /** When the version was saved that is changed here. */
  let savedAt: string | null = null;
  const isChanged = computed(() => id.value !== null || text.value !== begunText);

  function put(
    next: Recipe,
    options: { tries?: Tries; id: string | null; step: StepId; left: StepId[]; savedAt: string | null },
  ): void {
    recipe.value = cloneOf(next);
    tries.value = options.tries ?? {};
    id.value = options.id;
    step.value = options.step;
    left.value = options.left;
    savedAt = options.savedAt;
    isParted.value = false;
    saveError.value = null;
    isOpen.value = true;
    savedText = `${text.value}${step.value}`;
  }

  /** Begins another draft; the one at work was saved already. `changed`: it is worth keeping as it is. */
  async function begin(next: Recipe = newRecipe(), { changed = false } = {}): Promise<void> {
    await settle();
    put(next, { id: null, step: 'data', left: [], savedAt: null });
    opening.value++;
    continuedFrom.value = null;
    mayPropose.value = !changed;
    begunText = changed ? '' : text.value;
    if (changed) savedText = '';
    if (changed) await flush();
  }

  async function open(draft: Draft): Promise<void> {
    await settle();
    show(draft);
    opening.value++;
    continuedFrom.value = draft.updatedAt;
  }

  function show(draft: Draft): void {
    const at = isStep(draft.step) ? draft.step : 'data';
    const stepsBefore = stepIds.slice(0, stepIds.indexOf(at));
    const next = restoredRecipe(draft.recipe);
    next.data.path ??= draft.data;
    mayPropose.value = false;
    const tried = restoredTries(draft.tries);
    put(next, { tries: tried, id: draft.id, step: at, left: stepsBefore, savedAt: draft.updatedAt });
  }

  /** Shows what another window has made of the draft meanwhile, where nothing was changed here. */
  async function refresh(): Promise<void> {
    if (id.value === null || isDirty()) return;
    const client = await engine.client();
    const [before, here] = [id.value, step.value];
    const stored = (await client.recipes.drafts({})).find((draft) => draft.id === before);
    if (!stored || stored.updatedAt === savedAt || id.value !== before || isDirty()) return;
    show(stored);
    // Somebody who looks at a step goes on looking at it.
    step.value = here;
    savedText = `${text.value}${here}`;
  }
  window.addEventListener('focus', () => void refresh().catch(() => undefined));

  let queue: Promise<void> = Promise.resolve();

  const isDirty = (): boolean =>
    isOpen.value && isChanged.value && `${text.value}${step.value}` !== savedText;

  /** Before another draft takes the place of this one. Throws where this one cannot be saved, and would be lost. */
  async function settle(): Promise<void> {
    await flush();
    const failure = saveError.value;
    if (failure === null || !isDirty()) return;
    const message = `The current draft stays open because it cannot be saved. ${failure.message}`;
    throw new DistillError(failure.code, message, failure.hint, { retryable: failure.retryable });
  }

  /** Saves what is not saved yet. One save at a time: the first gives the draft its id. */
  function flush(): Promise<void> {
    queue = queue.then(save);
    return queue;
  }

  async function save(): Promise<void> {
    const now = `${text.value}${step.value}`;
    if (!isDirty()) return;
    saving.value = true;
    try {
      const client = await engine.client();
      const saved = await client.recipes.saveDraft({
        id: id.value,
        basedOn: savedAt,
        ...(JSON.parse(text.value) as { recipe: unknown; tries: unknown }),
        data: recipe.value.data.path,
        step: step.value,
      });
      if (id.value !== null && id.value !== saved.id) isParted.value = true;
      id.value = saved.id;
      savedAt = saved.updatedAt;
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
    put(newRecipe(), { id: null, step: 'data', left: [], savedAt: null });
    opening.value++;
    continuedFrom.value = null;
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
    tries,
    id,
    step,
    left,
    continuedFrom,
    opening,
    isParted,
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
