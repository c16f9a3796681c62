import type { Toast } from '@nuxt/ui/composables/useToast';
import { useClipboard } from '@vueuse/core';
import { toErrorValue, type ErrorValue } from '../electron/contract/errors.ts';

/** Milliseconds: longer than other messages stay, for it may have to be copied. */
const shownMs = 15_000;

/** Everything about an error, to be copied. */
export const errorText = ({ code, message, hint }: ErrorValue): string =>
  `${code}: ${message}${hint ? `\n${hint}` : ''}`;

/**
 * Shows what was thrown in a message at the edge of the window, with its code and a way to copy it; not CANCELLED, which the person
 * wanted. `title`: what failed; without one the error's own sentence stands there.
 */
export function showError(
  toast: { add: (toast: Partial<Toast>) => unknown },
  thrown: unknown,
  title?: string,
): void {
  const error = toErrorValue(thrown);
  if (error.code === 'CANCELLED') return;
  const sentences = title === undefined ? [error.hint] : [error.message, error.hint];
  const { copy } = useClipboard({ legacy: true });
  toast.add({
    // The same failure again is the same message, not one more.
    id: `${title ?? ''} ${error.code} ${error.message}`,
    title: title ?? error.message,
    description: [...sentences, `(${error.code})`].filter(Boolean).join(' '),
    color: 'error',
    icon: 'i-lucide-circle-x',
    duration: shownMs,
    actions: [
      {
        label: 'Copy',
        icon: 'i-lucide-copy',
        color: 'error',
        variant: 'outline',
        onClick: () => void copy(errorText(error)),
      },
    ],
  });
}
