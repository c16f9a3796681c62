import { z } from 'zod';
import type { RunEvent } from './events.ts';
import type { CallContext, CallOptions, Method } from './method.ts';
import { datasetService } from './services/dataset.ts';
import { exportedService } from './services/exported.ts';
import { modelsService } from './services/models.ts';
import { recipesService } from './services/recipes.ts';
import { runsService } from './services/runs.ts';
import { systemService } from './services/system.ts';
import { trainingService } from './services/training.ts';

/** The one contract: what a host may ask of the engine, one object a service. */
export const services = {
  system: systemService,
  dataset: datasetService,
  models: modelsService,
  recipes: recipesService,
  training: trainingService,
  exported: exportedService,
  runs: runsService,
} as const;

export type Services = typeof services;
export type ServiceName = keyof Services;

type InputOf<M> = M extends Method<infer I, unknown> ? z.input<I> : never;
type ParsedOf<M> = M extends Method<infer I, unknown> ? z.output<I> : never;
type OutputOf<M> = M extends { output?: infer O } ? Exclude<O, undefined> : never;

/** What the engine implements: `const handlers = {...} satisfies Handlers`. Inputs arrive validated. */
export type Handlers = {
  [S in ServiceName]: {
    [M in keyof Services[S]]: (
      input: ParsedOf<Services[S][M]>,
      context: CallContext,
    ) => Promise<OutputOf<Services[S][M]>>;
  };
};

/** What a host calls; the same shape in-process and over every transport. */
export type Client = {
  [S in ServiceName]: {
    [M in keyof Services[S]]: (
      input: InputOf<Services[S][M]>,
      options?: CallOptions,
    ) => Promise<OutputOf<Services[S][M]>>;
  };
} & {
  /** Calls `listener` for every event of a topic from now on; returns the way to end it. */
  subscribe(topic: string, listener: (event: RunEvent, seq: number) => void): () => void;
};

/** The topic of a run's events. */
export const runTopic = (folder: string): string => `run:${folder}`;
