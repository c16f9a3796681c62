import type { z } from 'zod';
import type { RunEvent } from './events.ts';
import type { CallContext, CallOptions, ComputePlace } from './method.ts';
import { datasetService } from './services/dataset.ts';
import { exportedService } from './services/exported.ts';
import { modelsService } from './services/models.ts';
import { recipesService } from './services/recipes.ts';
import { runsService } from './services/runs.ts';
import { sweepsService } from './services/sweeps.ts';
import { systemService } from './services/system.ts';
import { trainingService } from './services/training.ts';
import { weightsService } from './services/weights.ts';

/** The one contract: what a host may ask of the engine, one object a service. */
export const services = {
  system: systemService,
  dataset: datasetService,
  models: modelsService,
  weights: weightsService,
  recipes: recipesService,
  training: trainingService,
  exported: exportedService,
  runs: runsService,
  sweeps: sweepsService,
} as const;

export type Services = typeof services;
export type ServiceName = keyof Services;

type InputOf<M> = M extends { input: infer I extends z.ZodType } ? z.input<I> : never;
type ParsedOf<M> = M extends { input: infer I extends z.ZodType } ? z.output<I> : never;
type OutputOf<M> = M extends { output?: infer O } ? Exclude<O, undefined> : never;

/** Services with their methods, as they are described on one border. */
export type ServiceTable = Readonly<Record<string, Readonly<Record<string, { input: z.ZodType }>>>>;

/** One side's implementation of a table. Inputs arrive validated. */
export type HandlersOf<Table> = {
  [S in keyof Table]: {
    [M in keyof Table[S]]: (
      input: ParsedOf<Table[S][M]>,
      context: CallContext,
    ) => Promise<OutputOf<Table[S][M]>>;
  };
};

/** The methods of a table that compute in `Place`; null: those that do not. */
type Placed<Table, Place> = {
  [S in keyof Table as keyof PlacedIn<Table[S], Place> extends never ? never : S]: PlacedIn<Table[S], Place>;
};
type PlacedIn<Service, Place> = {
  [M in keyof Service as Service[M] extends { computes: Place } ? M : never]: Service[M];
};

/** What the engine implements. */
export type Handlers = HandlersOf<Services>;

/** What the process that answers implements itself: `const handlers = {...} satisfies AnsweringHandlers`. */
export type AnsweringHandlers = HandlersOf<Placed<Services, null>>;

export type ComputingServices = Placed<Services, ComputePlace>;

/** What workers implement: `const handlers = {...} satisfies ComputingHandlers`. */
export type ComputingHandlers = HandlersOf<ComputingServices>;

/** What the other side of a table calls; the same shape in-process and over every transport. */
export type CallsOf<Table> = {
  [S in keyof Table]: {
    [M in keyof Table[S]]: (
      input: InputOf<Table[S][M]>,
      options?: CallOptions,
    ) => Promise<OutputOf<Table[S][M]>>;
  };
};

/** What a host calls. */
export type Client = CallsOf<Services> & Subscribable;

export interface Subscribable {
  /** Calls `listener` for every event of a topic from now on; returns the way to end it. */
  subscribe(topic: string, listener: (event: RunEvent, seq: number) => void): () => void;
}

/** The topic of a run's events. */
export const runTopic = (folder: string): string => `run:${folder}`;
