import type { Theme } from '../contract/desktop.ts';
import type { WindowStateFile } from './window-state.ts';

interface DesktopThemeOptions {
  /** Electron's nativeTheme. */
  native: {
    themeSource: Theme;
    readonly shouldUseDarkColors: boolean;
    on(event: 'updated', listener: () => void): unknown;
  };
  state: Pick<WindowStateFile, 'state' | 'update'>;
  /** Paints the windows' background. */
  paint: (isDark: boolean) => void;
  /** Called when another theme has been chosen. */
  onChange: () => void;
}

/** Light, dark, or as the system has it: kept from start to start, and followed by the windows' background. */
export class DesktopTheme {
  readonly #options: DesktopThemeOptions;

  constructor(options: DesktopThemeOptions) {
    this.#options = options;
  }

  get chosen(): Theme {
    return this.#options.state.state.theme;
  }

  /** Once the program is ready. */
  start(): void {
    const { native, paint } = this.#options;
    native.themeSource = this.chosen;
    native.on('updated', () => paint(native.shouldUseDarkColors));
  }

  choose(theme: Theme): void {
    const { native, state, onChange } = this.#options;
    native.themeSource = theme;
    state.update({ theme });
    onChange();
  }
}
