import type { Router } from 'vue-router';

/** What the native menu, a shortcut or a file opened from outside asks for. */
export function handleMenu(router: Router, action: string): void {
  if (action.startsWith('open:')) {
    void router.push({ name: 'wizard', query: { open: action.slice('open:'.length) } });
    return;
  }
  if (action === 'search' && router.currentRoute.value.name !== 'library') {
    void router.push({ name: 'library', hash: '#search' });
    return;
  }
  const routes: Record<string, string> = { new: 'wizard', library: 'library', settings: 'settings' };
  const name = routes[action];
  if (name !== undefined) void router.push({ name, ...(action === 'new' && { query: { fresh: '1' } }) });
  else window.dispatchEvent(new CustomEvent('distill:menu', { detail: action }));
}
