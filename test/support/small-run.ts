import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { recipeSchema, type Recipe, type RecipeInput } from '../../electron/contract/recipe.ts';
import type { RunSummary } from '../../electron/contract/run-summary.ts';
import type { Runtime } from '../../electron/contract/runtime.ts';
import { drawSample } from '../../electron/engine/data/sample/draw.ts';
import { createEngine, type Engine } from '../../electron/engine/index.ts';
import { createWorker } from '../../electron/engine/worker/index.ts';
import { connect, type Connection } from '../../electron/rpc/connect.ts';
import { localWorkers } from '../../electron/rpc/local-worker.ts';
import { memoryTransports } from '../../electron/rpc/memory.ts';
import { serve } from '../../electron/rpc/serve.ts';

/** Four classes that look unlike each other, three tracks each: a run on them takes a few seconds. */
export const drawnClasses = [1, 12, 13, 14] as const;

const model = { architecture: 'cifar_resnet8', width: 16, stem: 'small-stride2' } as const;

/** So small a network is not computed faster by several threads, and files of tests run side by side. */
export const smallRuntime = { threads: 1 } as const;

/** A small whole run; parts of it may be replaced. */
export function smallRecipe(parts: Partial<RecipeInput> = {}): Recipe {
  return recipeSchema.parse({
    version: 2,
    name: 'small',
    seed: 7,
    data: { image: { size: 32 }, split: { method: 'track-random', fraction: 0.34 } },
    teacher: {
      source: 'train',
      model,
      training: { batchSize: 32, stages: [{ epochs: 2, learningRate: 0.003 }] },
    },
    student: { model, training: { batchSize: 32, stages: [{ epochs: 2, learningRate: 0.003 }] } },
    distillation: { preset: 'hinton' },
    evaluation: { tta: { counts: [0, 1], beta: 0.25 } },
    // Only tests of exports wait for them.
    exports: [],
    ...parts,
  });
}

export interface SmallRuns {
  engine: Engine;
  client: Connection;
  /** The drawn dataset. */
  data: string;
  /** A folder for runs. */
  out: string;
  /** Runs a recipe to its end, however it ends. */
  run: (recipe: Recipe, runtime?: Partial<Runtime>) => Promise<RunSummary>;
}

/** A drawn dataset and an engine behind the contract, for the tests of one file. */
export function useSmallRuns(): SmallRuns {
  const context = {} as SmallRuns;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'distill-run-'));
    const data = path.join(folder, 'sample');
    await drawSample(data, { seed: 3, tracksPerClass: 3, testPerClass: 6, classes: drawnClasses });
    const engine = createEngine({ startWorker: localWorkers(createWorker) });
    const [near, far] = memoryTransports();
    serve(far, engine);
    const client = connect(near);
    const out = path.join(folder, 'runs');
    const run = async (recipe: Recipe, runtime: Partial<Runtime> = {}) => {
      const { folder: started } = await client.runs.start({
        recipe,
        data,
        out,
        runtime: { ...smallRuntime, ...runtime },
      });
      return client.runs.wait({ folder: started });
    };
    Object.assign(context, { engine, client, data, out, run });
  });
  afterAll(async () => {
    context.client.close();
    await context.engine.close();
    await rm(folder, { recursive: true, force: true });
  });
  return context;
}
