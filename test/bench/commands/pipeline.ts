import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { table } from '../../../electron/cli/format.ts';
import type { Recipe } from '../../../electron/contract/recipe.ts';
import { trainingLoader } from '../../../electron/engine/inputs/loaders.ts';
import { prepareData } from '../../../electron/engine/data/prepared-data.ts';
import { drawSample } from '../../../electron/engine/data/sample/draw.ts';
import type { Loader } from '../../../electron/engine/data/loader.ts';
import { median } from '../../../electron/engine/numbers/quantile.ts';
import { interleave, type Contender, type Measured } from '../interleave.ts';
import { threadsOf, workloadOf, type MachineOptions } from '../options.ts';
import { ours, startParticipant } from '../participant.ts';
import { interferenceLine, type Report } from '../report.ts';
import { pairedRatios, summarise } from '../statistics.ts';
import { presets, tinyRecipe } from '../workload.ts';

export interface PipelineOptions extends MachineOptions {
  /** Worker threads of the loader. */
  workers?: number;
  rounds?: number;
  onRound?: (done: number, total: number) => void;
}

const sizes = [32, 48, 96];
/** Batches of an epoch: long enough that its start does not count. */
const epochBatches = 64;
/** Images that are drawn and decoded; an epoch takes them again and again. */
const drawn = { seed: 1, classes: [1, 12, 13, 14], tracksPerClass: 3, testPerClass: 1 };

interface SizeResult {
  size: number;
  measured: Measured[];
  /** Images a second of the pipeline over the step's, by round. */
  ratios: number[];
}

/** Loads epochs; the time of a batch is an epoch's, from its first batch to its last, over the batches between. */
function pipeline(loader: Loader): Contender {
  let epoch = 0;
  return {
    name: 'pipeline',
    pid: process.pid,
    burst: async () => {
      let first = 0;
      let images = 0;
      for await (const batch of loader.epoch(++epoch)) {
        if (images === 0) first = performance.now();
        images += batch.n;
      }
      return [(performance.now() - first) / (loader.batches - 1)];
    },
  };
}

interface SizeOptions {
  size: number;
  /** A dataset's folder. */
  data: string;
  workers: number;
  rounds: number;
  step: Contender;
  onRound: () => void;
}

async function measureSize({ size, data, workers, rounds, step, onRound }: SizeOptions): Promise<SizeResult> {
  const base = tinyRecipe();
  const recipe: Recipe = { ...base, data: { ...base.data, image: { ...base.data.image, size } } };
  const { signal } = new AbortController();
  const parts = { pool: true, test: false };
  const prepared = await prepareData({ recipe, dataPath: data, workers, signal, parts });
  try {
    const { train } = prepared.split;
    const { batchSize } = presets.tiny();
    const repeated = Array.from({ length: epochBatches * batchSize }, (_, i) => train[i % train.length]!);
    const training = { ...recipe.student.training, batchSize };
    const long = { ...prepared, split: { ...prepared.split, train: repeated } };
    const loader = trainingLoader(long, recipe, { role: 'student', training, seed: recipe.seed, workers });
    try {
      const loading = pipeline(loader);
      await loading.burst(1);
      const measured = await interleave([loading, step], { rounds, steps: 10, onRound });
      return { size, measured, ratios: pairedRatios(measured[0]!.turns, measured[1]!.turns) };
    } finally {
      await loader.close();
    }
  } finally {
    await prepared.close();
  }
}

/** Decoded images in, augmented and normalised batches out, beside the step of the smallest student on the same images. */
export async function benchPipeline(options: PipelineOptions): Promise<Report> {
  const { rounds = 5, workers = threadsOf(options), onRound } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'distill-bench-'));
  try {
    const data = path.join(folder, 'sample');
    await drawSample(data, drawn);
    const results: SizeResult[] = [];
    let done = 0;
    for (const size of sizes) {
      const step = await startParticipant(ours('step', workloadOf({ ...presets.tiny(), size }, options)));
      try {
        const counted = () => onRound?.(++done, sizes.length * rounds);
        results.push(await measureSize({ size, data, workers, rounds, step, onRound: counted }));
      } finally {
        await step.close();
      }
    }
    const { batchSize } = presets.tiny();
    const speed = ({ turns }: Measured) => (batchSize / median(turns.flat())) * 1000;
    const rows = results.map(({ size, measured, ratios }) => {
      const { median: middle, min, max } = summarise(ratios);
      const [loading, step] = measured.map((side) => speed(side).toFixed(0)) as [string, string];
      return [`${size} px`, loading, step, ...[middle, min, max].map((value) => value.toFixed(2))];
    });
    const titles = ['', 'pipeline images/s', 'step images/s', 'ratio', 'min', 'max'];
    const text = [table([titles, ...rows], 'lr'), interferenceLine(results.flatMap((r) => r.measured))];
    const title = `Pipeline: ${workers} workers, beside the smallest student's step, batch ${batchSize}`;
    return {
      bench: 'pipeline',
      title,
      text: text.filter((line) => line !== null).join('\n'),
      data: { results },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
