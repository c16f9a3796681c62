import { isRecipeFile } from '../contract/recipe-file.ts';
import type { WindowStateFile } from './window-state.ts';

interface RecentRecipesOptions {
  /** The system's own list, which macOS and Windows have. */
  system: { addRecentDocument(file: string): void; clearRecentDocuments(): void };
  state: Pick<WindowStateFile, 'state' | 'opened' | 'update'>;
  /** Called when the list has changed. */
  onChange: () => void;
}

/** The recipes that were opened last: those of the menu, and those of the system. */
export class RecentRecipes {
  readonly #options: RecentRecipesOptions;

  constructor(options: RecentRecipesOptions) {
    this.#options = options;
  }

  /** Newest first. */
  get files(): readonly string[] {
    return this.#options.state.state.recent;
  }

  /** Puts a recipe first; other files are not listed. */
  add(file: string): void {
    if (!isRecipeFile(file)) return;
    this.#options.system.addRecentDocument(file);
    this.#options.state.opened(file);
    this.#options.onChange();
  }

  clear(): void {
    this.#options.system.clearRecentDocuments();
    this.#options.state.update({ recent: [] });
    this.#options.onChange();
  }
}
