import { useEventListener, useResizeObserver, type MaybeElementRef } from '@vueuse/core';
import { nextTick, watch } from 'vue';
import { useRoute } from 'vue-router';

/** Brings the section that the address names into sight, and keeps it there while `page` still grows, until the person takes over. */
export function useSectionInSight(page: MaybeElementRef): void {
  const route = useRoute();
  let wanted: string | null = null;
  function show(): void {
    const section = wanted === null ? null : document.getElementById(wanted);
    section?.scrollIntoView();
    section?.focus({ preventScroll: true });
  }
  watch(
    () => route.hash,
    async (hash) => {
      wanted = hash === '' ? null : hash.slice(1);
      await nextTick();
      show();
    },
    { immediate: true },
  );
  useResizeObserver(page, show);
  useEventListener(window, ['wheel', 'pointerdown', 'keydown'], () => (wanted = null), { passive: true });
}
