import type { ComputingHandlers } from '../../contract/services.ts';
import type { OpenDatasets } from '../data/open-datasets.ts';
import { describeModel } from '../estimate/describe-model.ts';
import { measureNetworks } from '../estimate/measured-latency.ts';
import { inspectOnnx } from '../inputs/inspect-onnx.ts';
import { identifyWeights, matchWeights } from '../inputs/match-weights.ts';
import { checkTeacher } from '../run/check-teacher-alone.ts';
import { teacherLogits } from '../trained/teacher-logits.ts';

export const modelsHandlers = (
  datasets: OpenDatasets,
  isBusy: () => boolean,
): ComputingHandlers['models'] => ({
  describe: describeModel,
  latency: measureNetworks(isBusy),
  matchWeights,
  identifyWeights,
  inspectOnnx,
  checkTeacher,
  teacherLogits: teacherLogits(datasets),
});
