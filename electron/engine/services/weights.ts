import type { AnsweringHandlers } from '../../contract/services.ts';
import type { WeightsEntry } from '../../contract/published-weights.ts';
import {
  addWeights,
  fetchWeights,
  listWeights,
  recognise,
  requirePublished,
  type Source,
  torchvision,
} from '../user/weights-cache.ts';
import type { SharedWork } from '../work/shared-work.ts';

/**
 * Published weights in the folder that all runs share. Who asks for the same file at the same time (two windows, for example) gets the same
 * download.
 */
export const weightsHandlers = (
  downloads: SharedWork<WeightsEntry>,
  source: () => Source = torchvision,
): AnsweringHandlers['weights'] => ({
  // Async, so that what is thrown rejects.
  list: async () => listWeights(source()),

  async fetch({ name }, context) {
    const from = source();
    const one = requirePublished(name, from);
    return downloads.join(one.file, (shared) => fetchWeights(one, from, shared), context);
  },

  async add({ file }, context) {
    const from = source();
    const one = await recognise(file, from, context);
    return downloads.join(one.file, ({ signal }) => addWeights(one, file, from, signal), context);
  },
});
