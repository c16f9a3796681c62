import type { Rectangle } from './window-state.ts';

interface DisplayLike {
  readonly id: number;
  readonly workArea: Rectangle;
}

/** The screens' work areas, the main one first. Electron's `screen` can be asked once the program is ready. */
export function workAreas(screen: {
  getPrimaryDisplay(): DisplayLike;
  getAllDisplays(): DisplayLike[];
}): Rectangle[] {
  const main = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
  return [main, ...others].map(({ workArea }) => workArea);
}
