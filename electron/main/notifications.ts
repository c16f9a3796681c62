/** What of Electron's Notification is used. */
export interface NotificationLike {
  show(): void;
  on(event: 'click' | 'close', listener: () => void): unknown;
}

export interface Notice {
  title: string;
  body: string;
}

export interface NotificationsOptions {
  /** null where the system has none. */
  create: (notice: Notice) => NotificationLike | null;
  /** Whether the user looks at the program anyway. */
  isWatched: () => boolean;
}

/** Notifications of the system. Each is kept until it is gone: one that is collected as garbage does not hear its click. */
export class Notifications {
  readonly #options: NotificationsOptions;
  readonly #shown = new Set<NotificationLike>();

  constructor(options: NotificationsOptions) {
    this.#options = options;
  }

  /** Shows one where the user does not look; a click on it calls back. */
  show(notice: Notice, onClick: () => void): void {
    if (this.#options.isWatched()) return;
    const notification = this.#options.create(notice);
    if (notification === null) return;
    this.#shown.add(notification);
    notification.on('close', () => this.#shown.delete(notification));
    notification.on('click', () => {
      this.#shown.delete(notification);
      onClick();
    });
    notification.show();
  }

  /** How many are kept. */
  get size(): number {
    return this.#shown.size;
  }
}
