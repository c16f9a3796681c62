import { recipeSchema, type RecipeInput } from '../../../electron/contract/recipe.ts';
import { runTopic } from '../../../electron/contract/services.ts';
import { sampleFolder } from './shared.ts';
import type { SharedStudio } from './studio.ts';

/** ResNet-18 at 96 px, batch 32, for hours: it keeps every core at work. */
const heavyRecipe = (): RecipeInput => {
  const model = { architecture: 'resnet18', head: 'linear' } as const;
  const training = { batchSize: 32, stages: [{ epochs: 1000, learningRate: 0.001 }] };
  return {
    version: 1,
    name: 'Under load',
    data: { image: { size: 96 }, split: { method: 'track-random', fraction: 0.34 } },
    teacher: { source: 'train', model, training },
    student: { model, training },
    distillation: { preset: 'hinton' },
  };
};

/** Starts a training that takes hours; resolves when it has done its first step. */
export async function trainHard({ engine, runs }: SharedStudio): Promise<string> {
  const recipe = recipeSchema.parse(heavyRecipe());
  const { folder } = await engine.runs.start({ recipe, data: sampleFolder(), out: runs });
  await new Promise<void>((resolve) => {
    const end = engine.subscribe(runTopic(folder), (event) => {
      if (event.type !== 'step') return;
      end();
      resolve();
    });
  });
  return folder;
}

/** What a window reads while it shows a run. */
export const readsOf = ({ engine, runs, run }: SharedStudio, atWork: string) => ({
  'system.settings': () => engine.system.settings({}),
  'runs.list': () => engine.runs.list({ out: runs }),
  'runs.active': () => engine.runs.active({}),
  'runs.details': () => engine.runs.details({ folder: atWork }),
  'runs.metrics': () => engine.runs.metrics({ folder: atWork }),
  'runs.probes': () => engine.runs.probes({ folder: atWork }),
  'runs.result': () => engine.runs.result({ folder: run }),
  'recipes.drafts': () => engine.recipes.drafts({}),
  'system.disk': () => engine.system.disk({ folder: runs }),
});

export interface Latencies {
  /** Milliseconds. */
  median: number;
  p99: number;
}

/** Milliseconds of as many reads, one after the other. */
export async function timed(count: number, read: () => Promise<unknown>): Promise<Latencies> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await read();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => Number(times[Math.ceil(share * times.length) - 1]!.toFixed(1));
  return { median: at(0.5), p99: at(0.99) };
}
