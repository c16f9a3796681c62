import type { Tensors } from './snapshot.ts';

/** One part's state: small values as JSON, big ones as tensors. */
export interface Saved {
  values: unknown;
  tensors: Tensors;
}

/** A part of training whose state a checkpoint carries. */
export interface Stateful {
  /** Its name in the checkpoint. */
  readonly key: string;
  save(): Saved | Promise<Saved>;
  /** Takes over what `save` gave; throws where it is not that. */
  load(saved: Saved): void;
}
