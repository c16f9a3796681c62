import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { themes } from '../contract/desktop.ts';

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

const whole = z.number().int().min(-100_000).max(100_000);
const stateSchema = z.object({
  width: whole.default(1280),
  height: whole.default(860),
  /** null: the middle of the screen. */
  position: z.object({ x: whole, y: whole }).nullable().default(null),
  maximized: z.boolean().default(false),
  theme: z.enum(themes).default('system'),
  /** Recipes that were opened last, newest first. */
  recent: z.array(z.string()).max(10).default([]),
});
export type WindowState = z.output<typeof stateSchema>;

export const smallest = { width: 1024, height: 700 } as const;

/** Pixels of a window's upper edge that must lie on a screen, so that it can be taken hold of. */
const grip = { width: 100, height: 40 } as const;

/** How the window looked when it was last closed, in a file. A file that cannot be read counts as none. */
export class WindowStateFile {
  readonly #file: string;
  #state: WindowState;

  constructor(file: string) {
    this.#file = file;
    this.#state = read(file);
  }

  get state(): WindowState {
    return this.#state;
  }

  /** Puts a recipe first among the recent ones. */
  opened(file: string): void {
    this.update({ recent: [file, ...this.#state.recent.filter((known) => known !== file)].slice(0, 10) });
  }

  /** Keeps the change, best effort: a window's place is not worth an error. */
  update(change: Partial<WindowState>): void {
    this.#state = { ...this.#state, ...change };
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true });
      const temporary = `${this.#file}.${process.pid}`;
      writeFileSync(temporary, `${JSON.stringify(this.#state, null, 2)}\n`);
      renameSync(temporary, this.#file);
    } catch {
      return;
    }
  }
}

function read(file: string): WindowState {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return stateSchema.parse({});
  }
}

/**
 * Where to open a window, given the screens' work areas now (the first is the main one): not larger than its screen, and where its
 * upper edge would not be on any screen (one was unplugged), in the middle of the main one (no x and y).
 */
export function placeWindow(
  { width, height, position }: Pick<WindowState, 'width' | 'height' | 'position'>,
  screens: readonly Rectangle[],
): { width: number; height: number; x?: number; y?: number } {
  const home = position && screens.find((screen) => holdsGrip({ ...position, width, height }, screen));
  const screen = home ?? screens[0];
  const fit = (size: number, least: number, most: number | undefined): number =>
    Math.min(Math.max(size, least), Math.max(most ?? size, least));
  return {
    width: fit(width, smallest.width, screen?.width),
    height: fit(height, smallest.height, screen?.height),
    ...(home && position),
  };
}

function holdsGrip(window: Rectangle, screen: Rectangle): boolean {
  const right = Math.min(window.x + window.width, screen.x + screen.width);
  const isWide = right - Math.max(window.x, screen.x) >= grip.width;
  // A title bar above the screen's upper edge cannot be reached.
  return isWide && window.y >= screen.y && window.y + grip.height <= screen.y + screen.height;
}
