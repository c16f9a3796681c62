import type { WindowAction } from './menu.ts';

export interface Shortcut {
  action: WindowAction;
  title: string;
  /** As they are shown. */
  keys: string[];
  /** KeyboardEvent.key, lower case. */
  key: string;
  /** Alone, and so not while somebody types. */
  plain: boolean;
}

/** Chosen so that neither a browser nor the system takes them. */
export const shortcuts: readonly Shortcut[] = [
  { action: 'new', title: 'New distillation', keys: ['N'], key: 'n', plain: true },
  { action: 'library', title: 'Library', keys: ['L'], key: 'l', plain: true },
  { action: 'settings', title: 'Settings', keys: [','], key: ',', plain: true },
  {
    action: 'pause-resume',
    title: 'Pause or resume the run that is shown',
    keys: ['P'],
    key: 'p',
    plain: true,
  },
  { action: 'search', title: 'Search in the library', keys: ['/'], key: '/', plain: true },
  { action: 'help', title: 'Help, with a glossary and this list', keys: ['?'], key: '?', plain: true },
];

export const matches = ({ key }: Shortcut, event: KeyboardEvent): boolean =>
  event.key.toLowerCase() === key && !event.ctrlKey && !event.metaKey && !event.altKey;

/** Whether a key goes into a field or moves through one. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) ||
    target.role === 'textbox' ||
    // Their letters choose an entry.
    target.closest('[role=listbox], [role=combobox], [role=menu], [role=dialog]') !== null
  );
}
