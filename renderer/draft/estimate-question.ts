import { watchDebounced } from '@vueuse/core';
import { computed, type ComputedRef } from 'vue';
import { useSettings } from '../stores/settings.ts';
import { useDataset } from './dataset.ts';

/**
 * What an estimate is asked: `asked` with the dataset's counts and this machine's runtime, as JSON text, so that equal questions are
 * equal; null where the dataset is not known yet, or `asked` gives null.
 */
export function useEstimateQuestion(asked: () => object | null): ComputedRef<string | null> {
  const dataset = useDataset();
  const settings = useSettings();
  return computed(() => {
    const { facts } = dataset;
    const own = asked();
    if (!facts || own === null || facts.train < 1 || facts.classes < 2) return null;
    return JSON.stringify({
      ...own,
      trainImages: facts.train,
      validationImages: facts.validation,
      teacherImages: facts.teacher.train > 0 ? facts.teacher : null,
      testImages: facts.test,
      unlabelledImages: facts.unlabelled,
      classes: facts.classes,
      ...(settings.settings && { runtime: settings.settings.runtime }),
    });
  });
}

/** Asks once the question has been the same for half a second; gives the way to ask at once. */
export function useAsked(
  question: ComputedRef<string | null>,
  answer: (question: string) => unknown,
): () => void {
  const ask = (): void => {
    if (question.value !== null) void answer(question.value);
  };
  watchDebounced(question, ask, { debounce: 500, immediate: true });
  return ask;
}
