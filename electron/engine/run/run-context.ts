import type { RunEvent } from '../../contract/events.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { PreparedData } from '../data/prepared-data.ts';
import type { Log } from '../inputs/models.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import type { Watched } from './watched-images.ts';

/** What the phases of a run share. */
export interface RunContext {
  run: RunFolder;
  recipe: Recipe;
  data: PreparedData;
  watched: Watched;
  /** Its name. */
  backend: string;
  workers: number;
  resume: boolean;
  /** The epoch of the student after which the run pauses; null: none. */
  pauseAfter: number | null;
  signal: AbortSignal;
  /** Ends trainings early; the run goes on. */
  finish: AbortSignal;
  emit: (event: RunEvent) => void;
  log: Log;
}
