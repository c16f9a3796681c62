import { useToast } from '@nuxt/ui/composables/useToast';
import type { App } from 'vue';
import { toErrorValue } from '../electron/contract/errors.ts';

/** What no screen has caught is told all the same, rather than that a button does nothing. */
export function tellUnforeseen(app: App): void {
  app.config.errorHandler = (thrown) => {
    console.error(thrown);
    const { code, message, hint } = toErrorValue(thrown);
    if (code === 'CANCELLED') return;
    // Within the app, where the list of messages is provided.
    app.runWithContext(() =>
      useToast().add({ title: message, description: hint, color: 'error', icon: 'i-lucide-circle-x' }),
    );
  };
}
