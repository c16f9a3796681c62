import { useToast } from '@nuxt/ui/composables/useToast';
import type { App } from 'vue';
import { showError } from './error-toast.ts';

/** What no screen has caught is shown all the same, rather than a button that does nothing. */
export function showUnforeseen(app: App): void {
  // Within the app, where the list of messages is provided.
  const show = (thrown: unknown): void => app.runWithContext(() => showError(useToast(), thrown));
  app.config.errorHandler = (thrown) => {
    console.error(thrown);
    show(thrown);
  };
  // What went wrong later, in a promise that nobody waits for; the browser itself writes it to the console.
  window.addEventListener('unhandledrejection', ({ reason }) => show(reason));
}
