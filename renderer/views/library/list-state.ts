import { createGlobalState } from '@vueuse/core';
import { ref } from 'vue';
import type { Sorting, StateFilter } from './run-list.ts';

/** How the list of runs is looked at: kept while other screens are, the comparison of the ticked ones above all. */
export const useListState = createGlobalState(() => ({
  search: ref(''),
  filter: ref<StateFilter>('all'),
  /** null: all tags. */
  tag: ref<string | null>(null),
  sorting: ref<Sorting>({ key: 'startedAt', descending: true }),
  /** Folders of the ticked runs, listed now or not. */
  selected: ref<string[]>([]),
  page: ref(1),
}));
