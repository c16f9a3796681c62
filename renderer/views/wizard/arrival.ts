import { storeToRefs } from 'pinia';
import { shallowRef, watch } from 'vue';
import { type LocationQuery, useRoute, useRouter } from 'vue-router';
import { DistillError, toErrorValue, type ErrorValue } from '../../../electron/contract/errors.ts';
import { engine } from '../../client/engine.ts';
import { useDraft } from '../../draft/draft.ts';
import { useSettings } from '../../stores/settings.ts';
import { nameOfCopy } from '../../draft/draft-recipe.ts';
import { isRecipePath } from '../../draft/recipe-files.ts';
import { isStep } from '../../draft/steps.ts';

/**
 * What the wizard's address asks for: `fresh=1` a new draft, `draft=<id>` one that was kept, `from=<run folder>` a copy of a run's
 * recipe, `open=<path>` a recipe's file or a dataset; nothing: the draft at work, or the newest one.
 */
export function useArrival() {
  const route = useRoute();
  const router = useRouter();
  const draft = useDraft();
  const { id, step } = storeToRefs(draft);
  const settings = useSettings();
  const error = shallowRef<ErrorValue | null>(null);
  /** What was asked for when `error` came: the address has been given back to the draft since. */
  let failed: LocationQuery = {};

  async function openPath(path: string): Promise<void> {
    if (isRecipePath(path)) {
      const client = await engine.client();
      const read = await client.recipes.read({ file: path });
      await draft.begin(read.recipe, { changed: true });
      void settings.save({ opened: { kind: 'recipe', path: read.path } }).catch(() => undefined);
      return;
    }
    if (!draft.isOpen || draft.recipe.data.path !== null) await draft.begin();
    draft.recipe.data.path = path;
  }

  async function copyRun(folder: string): Promise<void> {
    const client = await engine.client();
    const { recipe, summary } = await client.runs.details({ folder });
    recipe.data.path = summary.dataset ?? recipe.data.path;
    recipe.name = nameOfCopy(recipe.name);
    await draft.begin(recipe, { changed: true });
  }

  async function openDraft(wanted: string): Promise<void> {
    if (wanted === id.value) return;
    const client = await engine.client();
    const found = (await client.recipes.drafts({})).find((one) => one.id === wanted);
    if (!found) {
      throw new DistillError(
        'NOT_FOUND',
        'This draft no longer exists.',
        'Choose another one in the library, or start a new one.',
      );
    }
    await draft.open(found);
  }

  async function continueNewest(isAgain: boolean): Promise<void> {
    if (isAgain ? draft.isChanged : draft.isOpen) return;
    const client = await engine.client();
    const [newest] = await client.recipes.drafts({});
    // Somebody may have begun to work meanwhile.
    if (newest && !draft.isChanged) await draft.open(newest);
    else draft.isOpen = true;
  }

  async function arrive(query: LocationQuery, isAgain = false): Promise<void> {
    const { fresh, open, from, draft: kept } = query;
    const asked = isStep(route.params['step']) ? route.params['step'] : null;
    error.value = null;
    try {
      if (typeof open === 'string') await openPath(open);
      else if (typeof from === 'string') await copyRun(from);
      else if (typeof kept === 'string') await openDraft(kept);
      else if (fresh !== undefined) await draft.begin();
      else await continueNewest(isAgain);
    } catch (thrown) {
      error.value = toErrorValue(thrown);
      failed = query;
      if (!draft.isOpen) draft.isOpen = true;
    }
    if (asked !== null && !isAgain && (open ?? from ?? fresh) === undefined) draft.go(asked);
    showAddress();
  }

  /** The address of the draft and its step, which a reload or a bookmark comes back to. */
  function showAddress(): void {
    if (route.name !== 'wizard') return;
    const query = id.value === null ? {} : { draft: id.value };
    const isSame =
      route.params['step'] === step.value && JSON.stringify(route.query) === JSON.stringify(query);
    if (!isSame) void router.replace({ name: 'wizard', params: { step: step.value }, query });
  }

  watch(
    () => route.fullPath,
    () => {
      if (route.name !== 'wizard') return;
      const { fresh, open, from, draft: kept } = route.query;
      if ((fresh ?? open ?? from) !== undefined || (kept !== undefined && kept !== id.value))
        void arrive(route.query);
      else if (isStep(route.params['step'])) draft.go(route.params['step']);
      else showAddress();
    },
  );
  watch(id, showAddress);
  void arrive(route.query);

  /** Goes to a step in a way that the browser's back button undoes. */
  function go(to: typeof step.value): void {
    draft.go(to);
    void router.push({
      name: 'wizard',
      params: { step: to },
      query: id.value === null ? {} : { draft: id.value },
    });
  }

  return { error, go, retry: () => void arrive(failed, true) };
}
