import { availableParallelism } from 'node:os';

let threads = availableParallelism();

/** Threads of every session made from now on; gives whether that is another number than before. */
export function setThreads(count: number): boolean {
  const changed = count !== threads;
  threads = count;
  return changed;
}

/** Threads of a session that is made now. */
export const sessionThreads = (): number => threads;

export type OptimizationLevel = 'disabled' | 'all';

/** What computes: the processor, or a GPU. */
export type Provider = 'cpu' | 'webgpu';

export interface SessionOptions {
  /** 'disabled' for graphs that are laid out by hand, 'all' for a frozen model. */
  level: OptimizationLevel;
  /**
   * Keeps the memory of intermediate values from run to run, in one planned block. Without it every run faults its pages in
   * again; with it every one of many small sessions holds its own.
   */
  arena: boolean;
  provider: Provider;
  /** Outputs that stay on the provider's device. */
  kept: readonly string[];
  /** Where the files lie that hold weights of a model from memory; null: it holds all of them itself. */
  weightsFolder: string | null;
}

/** The same as the binding takes them. */
export function nativeOptions({
  level = 'disabled',
  arena = false,
  provider = 'cpu',
  kept = [],
  weightsFolder = null,
}: Partial<SessionOptions>) {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: level,
    logSeverityLevel: 4,
    enableCpuMemArena: arena,
    enableMemPattern: arena,
    extra: {
      session: {
        // Without it the threads of every idle session spin, and the machine is busy with waiting.
        force_spinning_stop: '1',
        set_denormal_as_zero: '1',
        ...(weightsFolder !== null && { model_external_initializers_file_folder_path: weightsFolder }),
      },
    },
    ...(provider !== 'cpu' && {
      executionProviders: [provider],
      preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer'])),
    }),
  };
}
