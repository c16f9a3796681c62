import type { Host } from './host.ts';

const isThere = 'Notification' in window;

/** Those of an ordinary browser, which asks the person for leave. */
export const browserNotifications: Host['notifications'] = {
  ask() {
    if (isThere && Notification.permission === 'default') void Notification.requestPermission();
  },
  show(title, body) {
    const isSeen = document.visibilityState === 'visible' && document.hasFocus();
    if (isSeen || !isThere || Notification.permission !== 'granted') return;
    // Several windows may report the same run: one notification, by its tag.
    const notification = new Notification(title, { body, tag: title, icon: '/icon.svg' });
    notification.addEventListener('click', () => {
      window.focus();
      notification.close();
    });
  },
};
