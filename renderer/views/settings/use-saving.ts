import { ref, shallowRef } from 'vue';
import { toErrorValue, type ErrorValue } from '../../../electron/contract/errors.ts';
import { useSettings } from '../../stores/settings.ts';

/** Saves one change at once and reports how it went; a failed one leaves the settings as they were. */
export function useSaving() {
  const store = useSettings();
  const error = shallowRef<ErrorValue | null>(null);
  const saved = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function save(changes: Parameters<typeof store.save>[0]): Promise<boolean> {
    error.value = null;
    saved.value = false;
    clearTimeout(timer);
    try {
      await store.save(changes);
      saved.value = true;
      timer = setTimeout(() => (saved.value = false), 2000);
      return true;
    } catch (thrown) {
      error.value = toErrorValue(thrown);
      return false;
    }
  }

  return { error, saved, save };
}
