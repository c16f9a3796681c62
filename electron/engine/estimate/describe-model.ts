import { architectureDescriptors } from '../../contract/architectures.ts';
import { optimizerDescriptors } from '../../contract/optimizers.ts';
import type { Handlers } from '../../contract/services.ts';
import { networkCost, trainingBytes } from '../models/cost.ts';
import { footprint } from '../models/inference/footprint.ts';
import { inferenceGraph } from '../models/inference/trace.ts';
import { forwardRate, latencyOf } from './machine-rate.ts';

/** A network's size and cost from its layers' shapes; time and memory are estimates (machine-rate.ts, models/cost.ts). */
export const describeModel: Handlers['models']['describe'] = async ({
  model,
  classes,
  size,
  batchSize,
  runtime,
}) => {
  const { parameterGroups } = architectureDescriptors[model.architecture];
  const cost = networkCost(model, classes, size);
  const rate = await forwardRate(runtime);
  return {
    architecture: model.architecture,
    parameters: cost.parameters,
    macs: cost.macs,
    bytes: cost.weightBytes,
    groups: cost.groups.map(({ parameters }, index) => ({ name: parameterGroups[index]!, parameters })),
    latencyMs: latencyOf(cost, rate),
    trainingBytes: Math.round(trainingBytes(cost, batchSize, optimizerDescriptors.adamw.moments)),
    footprint: footprint(inferenceGraph(model, classes, size)),
  };
};
