import type { MenuAction } from '../../electron/contract/desktop.ts';
import type { ErrorValue } from '../../electron/contract/errors.ts';
import type { AugmentRecipe } from '../../electron/contract/recipe/augmentation.ts';
import type { ImageRecipe } from '../../electron/contract/recipe/image.ts';
import type { Transport } from '../../electron/rpc/transport.ts';

/** The engine's process, as its host sees it; `lost`: the host itself cannot be heard now. */
export interface EngineStatus {
  state: 'starting' | 'up' | 'restarting' | 'failed' | 'lost';
  error: ErrorValue | null;
}

export interface PickOptions {
  /** dataset: a folder, or a file with one of the endings. The desktop's dialogs cannot show both and ask for the folder. */
  kind: 'file' | 'folder' | 'dataset' | 'save';
  title: string;
  /** Endings without dot; none: all files. */
  extensions?: readonly string[];
  /** Where to begin; for 'save' the proposed file. */
  startAt?: string;
}

export interface ImageRequest {
  /** A dataset (with `key`) or an image file. */
  path: string;
  key?: string | undefined;
  side: number;
  augment?: AugmentRecipe | undefined;
  resize?: ImageRecipe['resize'] | undefined;
  seed?: number | undefined;
}

export interface UploadProgress {
  sentBytes: number;
  totalBytes: number;
}

/** What the window needs of whatever it runs in: Electron or an ordinary browser. */
export interface Host {
  readonly kind: 'desktop' | 'browser';
  /** The version of the program, for "about". */
  readonly version: string;
  /** A way to the engine. Rejects where there is none now. */
  connect(): Promise<Transport>;
  /** Reports the state of the engine's process from now on, beginning with the current one; returns the way to end it. */
  onEngine(listener: (status: EngineStatus) => void): () => void;
  /** Starts the engine again after it failed for good. */
  restartEngine(): Promise<void>;
  /** A path on the engine's machine; null where the person thought better of it. */
  pick(options: PickOptions): Promise<string | null>;
  /** Paths on the engine's machine of what was dropped or pasted; a browser uploads it first. */
  bring(
    files: readonly File[],
    options?: {
      signal?: AbortSignal;
      onProgress?: (progress: UploadProgress) => void;
      /** They are looked at once: what was uploaded need not be kept. */
      passing?: boolean;
    },
  ): Promise<string[]>;
  imageUrl(request: ImageRequest): string;
  /** Where a file of a run can be looked at or downloaded. */
  fileUrl(path: string, download?: boolean): string;
  /** Shows a file in the system's file manager; null where the host cannot. */
  reveal: ((path: string) => Promise<void>) | null;
  /** Shows a report (HTML), in a page of its own. */
  openReport(path: string): Promise<void>;
  /** Prints a report (HTML) to a PDF and returns its path; null where the person's browser prints. */
  printReport: ((path: string) => Promise<string>) | null;
  /** Where several files are downloaded as one zip of that name. */
  archiveUrl(name: string, paths: readonly string[]): string;
  /** Opens the log's folder; null where the host cannot. */
  openLogs: (() => Promise<void>) | null;
  /** What the native menu asks for; a browser has none. */
  onMenu(listener: (action: MenuAction) => void): () => void;
  /** Shows in the system how far a run is, and that it ended; `fraction` null: nothing is at work. */
  showRun(run: { active: boolean; fraction: number | null; title: string }): void;
  /** Notifications for when nobody is looking; null where the host itself notifies of a run's end. */
  notifications: {
    /** Asks the person for leave, once; to be called on a click. */
    ask(): void;
    show(title: string, body: string): void;
  } | null;
}
