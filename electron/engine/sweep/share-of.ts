import { availableParallelism } from 'node:os';
import type { Runtime } from '../../contract/runtime.ts';
import { defaultPixelMemory } from '../data/pixel-store.ts';

/** How one of several runs at the same time computes: with its share of the cores and of the memory, where neither is given. */
export function shareOf(runtime: Runtime, atOnce: number, cores = availableParallelism()): Runtime {
  if (atOnce === 1) return runtime;
  return {
    ...runtime,
    threads: runtime.threads ?? Math.max(1, Math.floor(cores / atOnce)),
    memory: runtime.memory ?? Math.floor(defaultPixelMemory() / 2 ** 20 / atOnce),
  };
}
