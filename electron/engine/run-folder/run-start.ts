import type { Recipe } from '../../contract/recipe.ts';
import type { Runtime } from '../../contract/runtime.ts';
import type { RunRecord } from './record.ts';

export interface RunStart {
  /** The dataset given beside the recipe; null: the recipe's own. */
  dataPath: string | null;
  runtime: Runtime;
  /** The folder in which teacher logits are kept; null: none are. */
  logitsFolder: string | null;
  startedAt: Date;
  /** The folder's name, which must be free; left out: one made of the recipe's name and the time. */
  folderName?: string;
  /** What an earlier attempt in another folder had done, whose files are copied here; left out: there was none. */
  before?: Pick<RunRecord, 'finished' | 'phases' | 'augmentSeed'>;
  /** The worker of a queue on which it runs; left out: it runs here. */
  worker?: string;
}

/** The record of a run that waits for its turn. */
export function queuedRecord(recipe: Recipe, start: RunStart): RunRecord {
  const time = start.startedAt.toISOString();
  return {
    version: 1,
    name: recipe.name,
    state: 'queued',
    startedAt: time,
    updatedAt: time,
    error: null,
    dataPath: start.dataPath,
    runtime: start.runtime,
    logitsFolder: start.logitsFolder,
    augmentSeed: null,
    finished: [],
    phases: [],
    ...start.before,
    worker: start.worker ?? null,
    outcome: null,
  };
}
