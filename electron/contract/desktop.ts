import { z } from 'zod';
import type { ErrorValue } from './errors.ts';

/** What the desktop app's preload script offers the window, as `window.distill`. */
export interface DesktopBridge {
  readonly platform: string;
  /**
   * Asks for a new port to the engine: it comes as the window message `distill:engine-port` with one port, as soon as the engine
   * is up.
   */
  requestPort(): void;
  /** Beginning with the present state; returns the way to end it. */
  onEngine(listener: (status: DesktopEngineStatus) => void): () => void;
  restartEngine(): Promise<CallOutcome<undefined>>;
  /** An absolute path; null where the dialog was dismissed. */
  pick(options: PickRequest): Promise<CallOutcome<string | null>>;
  /** Where dropped files lie; '' for those that are not on disk. */
  pathsOf(files: File[]): string[];
  /** Shows a file or folder in the system's file manager. */
  reveal(path: string): Promise<CallOutcome<undefined>>;
  /** Shows a report (HTML) in the system's browser. */
  openReport(path: string): Promise<CallOutcome<undefined>>;
  /** Prints a report (HTML) to a PDF beside it, whose path is the answer. */
  printReport(path: string): Promise<CallOutcome<string>>;
  /** Shows the folder of the logs. */
  openLogs(): Promise<CallOutcome<undefined>>;
  /** What the native menu asks for: names of `menuActions`. What was asked before the first listener came is kept for it. */
  onMenu(listener: (action: MenuAction) => void): () => void;
  showRun(run: { active: boolean; fraction: number | null; title: string }): void;
  setTheme(theme: Theme): void;
}

/** An answer, or why there is none: of what is thrown only the message would arrive. */
export type CallOutcome<Value> = { value: Value } | { error: ErrorValue };

/** The engine's process, as its host sees it. */
export interface DesktopEngineStatus {
  state: 'starting' | 'up' | 'restarting' | 'failed';
  error: ErrorValue | null;
}

export interface PickRequest {
  kind: 'file' | 'folder' | 'save';
  title: string;
  /** Endings without dot. */
  extensions?: readonly string[];
  /** Where to begin; for 'save' the proposed file. */
  startAt?: string;
}

export const menuActions = [
  'new',
  'open-recipe',
  'library',
  'settings',
  'help',
  'shortcuts',
  'pause-resume',
  'diagnostics',
  'about',
  'theme-system',
  'theme-light',
  'theme-dark',
] as const;
export type MenuName = (typeof menuActions)[number];
/** `open:<path>`: a recipe or a dataset that was opened from outside. `run:<folder>`: a run that a notification was about. */
export type MenuAction = MenuName | `open:${string}` | `run:${string}`;

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** The data of the window message that carries the port. */
export const portMessage = 'distill:engine-port';

const path = z.string().min(1).max(32_767);
const text = z.string().max(500);
const nothing = z.null();

/** What the preload may ask of the main process: the input of each call, checked where it arrives. */
export const desktopCalls = {
  requestPort: nothing,
  restartEngine: nothing,
  engineStatus: nothing,
  pick: z.strictObject({
    kind: z.enum(['file', 'folder', 'save']),
    title: text,
    extensions: z
      .array(z.string().regex(/^[A-Za-z0-9.]{1,20}$/))
      .max(50)
      .readonly()
      .exactOptional(),
    startAt: path.exactOptional(),
  }),
  reveal: path,
  openReport: path,
  printReport: path,
  openLogs: nothing,
  showRun: z.strictObject({
    active: z.boolean(),
    /** 0 to 1; null: not known. */
    fraction: z.number().min(0).max(1).nullable(),
    title: text,
  }),
  setTheme: z.enum(themes),
} as const;

export type DesktopCall = keyof typeof desktopCalls;
export type DesktopInput<Name extends DesktopCall> = z.output<(typeof desktopCalls)[Name]>;

/** What the calls return; those that are not named return nothing. */
export interface DesktopAnswers {
  pick: string | null;
  engineStatus: DesktopEngineStatus;
  printReport: string;
}
export type DesktopAnswer<Name extends DesktopCall> = Name extends keyof DesktopAnswers
  ? DesktopAnswers[Name]
  : undefined;
