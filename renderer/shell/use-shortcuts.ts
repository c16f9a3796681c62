import { useEventListener } from '@vueuse/core';
import { menuHandlers } from './menu.ts';
import { isTyping, matches, shortcuts } from './shortcuts.ts';
import { useMenuMeans } from './use-menu.ts';

/** Obeys the keyboard shortcuts, as long as the component is there. */
export function useShortcuts(): void {
  const means = useMenuMeans();
  const handlers = menuHandlers(means);
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    const shortcut = shortcuts.find((one) => matches(one, event));
    if (!shortcut || (shortcut.plain && isTyping(event.target))) return;
    event.preventDefault();
    // A key that is held down has been obeyed.
    if (event.repeat) return;
    // A key may be touched by chance: it pauses only what is seen, other than the menu.
    if (shortcut.action === 'pause-resume') means.send('pause-resume');
    else handlers[shortcut.action]();
  });
}
