import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Latency } from '../../contract/result.ts';
import type { DeployedNetwork } from '../deployed/deployed.ts';
import { type Classifier, isModel } from '../models/model.ts';
import { quantile } from '../numbers/quantile.ts';
import { random } from '../numbers/random.ts';

export interface LatencyOptions {
  /** Timed forward passes of each network. Default 50. */
  runs?: number;
  /** Passes before them that do not count. Default 5. */
  warmup?: number;
  /** No further round starts after this time, so that large networks on a slow backend do not hold up a run. Default 10. */
  maxSeconds?: number;
  /** No further round starts once it is aborted. */
  signal?: AbortSignal | undefined;
}

/** A network, and the side of the square images that it sees. */
export interface SizedModel {
  model: Classifier;
  size: number;
  /** The same of an ensemble's other views. */
  views?: readonly number[];
}

/**
 * What a network's time depends on; two that are equal in it share one measurement. A run has one network at most, the teacher, that
 * is from a file or an ensemble.
 */
const shapeOf = ({ model, size }: SizedModel): string =>
  JSON.stringify([isModel(model) ? model.recipe : null, model.classes, size]);

/**
 * Milliseconds from one decoded image (float32 [1, size, size, 3]) to its logits, in evaluation mode, of each model: the median
 * of many passes with its quartiles. The networks take turns, pass by pass, so that whatever else the machine does meets all
 * of them alike; networks of equal shape are one. The event loop turns between passes, so that a host still gets its answers.
 */
export async function measureLatencies(
  networks: readonly SizedModel[],
  options: LatencyOptions = {},
): Promise<Latency[]> {
  const noise = random(1, 'latency');
  const shapes = new Map<string, () => void>();
  for (const network of networks) {
    const { model, size, views = [] } = network;
    const images = [size, ...views].map((side) => ({
      side,
      values: Float32Array.from({ length: side * side * 3 }, () => noise.normal()),
    }));
    if (shapes.has(shapeOf(network))) continue;
    shapes.set(shapeOf(network), () => {
      tf.tidy(() => {
        const [image, ...others] = images.map(({ side, values }) => tf.tensor4d(values, [1, side, side, 3]));
        model.forward(image!, { training: false, views: others }).logits.dataSync<'float32'>();
      });
    });
  }
  const measured = await measureInTurns([...shapes.values()], options);
  const places = [...shapes.keys()];
  return networks.map((network) => measured[places.indexOf(shapeOf(network))]!);
}

/** The same of exported networks: from pixels, uint8 [1, size, size, 3], to probabilities. */
export function measureDeployed(
  networks: readonly DeployedNetwork[],
  options: LatencyOptions = {},
): Promise<Latency[]> {
  const noise = random(1, 'latency');
  const passes = networks.map((network) => {
    const { size } = network.input;
    const image = Uint8Array.from({ length: size * size * 3 }, () => noise.integer(256));
    return async () => {
      await network.probabilities(image, 1);
    };
  });
  return measureInTurns(passes, options);
}

/** Milliseconds of each pass, the passes taking turns. */
async function measureInTurns(
  passes: readonly (() => Promise<void> | void)[],
  { runs = 50, warmup = 5, maxSeconds = 10, signal }: LatencyOptions,
): Promise<Latency[]> {
  const timed = passes.map((pass) => ({ pass, times: new Array<number>() }));
  const end = performance.now() + maxSeconds * 1000;
  const goesOn = (round: number) =>
    round < warmup + runs && performance.now() < end && signal?.aborted !== true;
  for (let round = 0; round === 0 || goesOn(round); round++) {
    for (const { pass, times } of timed) {
      const start = performance.now();
      await pass();
      times.push(performance.now() - start);
      await setImmediate();
    }
  }
  return timed.map(({ times }) => {
    const counted = times.slice(Math.min(warmup, times.length - 1));
    return { ms: quantile(counted, 0.5), low: quantile(counted, 0.25), high: quantile(counted, 0.75) };
  });
}
