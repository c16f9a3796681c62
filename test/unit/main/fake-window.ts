import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions } from 'electron';
import type { WindowLike } from '../../../electron/main/windows.ts';

class FakeContents extends EventEmitter {
  readonly id = 1;
  readonly sent: [string, unknown][] = [];
  reloads = 0;
  reload(): void {
    this.reloads++;
  }
  send(channel: string, value: unknown): void {
    this.sent.push([channel, value]);
  }
}

/** A BrowserWindow that only remembers. */
export class FakeWindow extends EventEmitter implements WindowLike {
  readonly webContents = new FakeContents();
  readonly calls: string[] = [];
  readonly options: BrowserWindowConstructorOptions;
  url = '';
  focused = false;
  destroyed = false;
  minimized = false;
  maximized = false;
  progress: number | null = null;
  color: string | undefined;
  bounds = { x: 5, y: 6, width: 1111, height: 777 };

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    this.options = options;
    this.color = options.backgroundColor;
  }

  loadURL(url: string): Promise<void> {
    this.url = url;
    return Promise.resolve();
  }
  show(): void {
    this.calls.push('show');
  }
  focus(): void {
    this.calls.push('focus');
    this.focused = true;
  }
  maximize(): void {
    this.maximized = true;
  }
  restore(): void {
    this.minimized = false;
  }
  isMinimized = (): boolean => this.minimized;
  isMaximized = (): boolean => this.maximized;
  isFocused = (): boolean => this.focused;
  isDestroyed = (): boolean => this.destroyed;
  getNormalBounds = () => this.bounds;
  setProgressBar(fraction: number): void {
    this.progress = fraction;
  }
  setBackgroundColor(color: string): void {
    this.color = color;
  }

  /** What the user's click on the cross does; whether it was allowed. */
  tryClose(): boolean {
    const event = { prevented: false, preventDefault: () => (event.prevented = true) };
    this.emit('close', event);
    this.destroyed = !event.prevented;
    if (this.destroyed) this.emit('closed');
    return this.destroyed;
  }
}
