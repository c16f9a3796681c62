import type { ModelRecipe } from '../../contract/recipe/model.ts';
import type { Latency } from '../../contract/result.ts';
import type { Handlers } from '../../contract/services.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { chooseBackend } from '../backend/choose.ts';
import { measureLatencies, type SizedModel } from '../evaluate/latency.ts';
import { createModel } from '../models/index.ts';

/** A network as its time depends on it. */
export interface TimedNetwork {
  model: ModelRecipe;
  classes: number;
  size: number;
}

/** Somebody waits for it. */
export const latencyOptions = { runs: 30, warmup: 5, maxSeconds: 2 };

const known = new Map<string, Latency>();

/**
 * The latency of each network on this machine, those that are not known yet measured in turns. Kept for the process, by shape: the
 * same network has one figure wherever it is asked for. Throws BACKEND_UNAVAILABLE.
 */
export async function latenciesOf(
  networks: readonly TimedNetwork[],
  { backend, threads }: Pick<Runtime, 'backend' | 'threads'>,
): Promise<Latency[]> {
  const { name } = await chooseBackend(backend, threads);
  const keyOf = ({ model, classes, size }: TimedNetwork): string =>
    JSON.stringify([Object.entries(model).sort(), classes, size, name, threads]);
  const unknown = new Map(
    networks.filter((network) => !known.has(keyOf(network))).map((network) => [keyOf(network), network]),
  );
  const models: SizedModel[] = [];
  try {
    for (const { model, classes, size } of unknown.values())
      models.push({ model: createModel(model, classes, 1), size });
    const measured = models.length === 0 ? [] : await measureLatencies(models, latencyOptions);
    for (const [i, key] of [...unknown.keys()].entries()) known.set(key, measured[i]!);
  } finally {
    for (const { model } of models) model.dispose();
  }
  return networks.map((network) => known.get(keyOf(network))!);
}

/** `isBusy`: a run computes here, whose work would be measured as well. */
export const measureNetworks =
  (isBusy: () => boolean): Handlers['models']['latency'] =>
  async ({ networks, classes, runtime }) =>
    isBusy()
      ? null
      : latenciesOf(
          networks.map((network) => ({ ...network, classes })),
          runtime,
        );
