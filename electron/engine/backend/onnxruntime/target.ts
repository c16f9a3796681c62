import type { Provider } from './session-options.ts';

/** What computes a graph, as far as the graph depends on it. */
export interface Target {
  provider: Provider;
  /** Whether it has the operators of the blocked layout. */
  blocks: boolean;
  /** Whether its Split gives any number of pieces. */
  splits: boolean;
  /** Whether its MaxPool gives the indices of the maxima. */
  poolIndices: boolean;
}

export const processor: Target = { provider: 'cpu', blocks: true, splits: true, poolIndices: true };
