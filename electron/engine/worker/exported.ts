import type { ComputingHandlers } from '../../contract/services.ts';
import { listFeatureMaps } from '../deployed/onnx/list-maps.ts';
import { describeExported, evaluateExported, predictExported } from '../trained/exported.ts';

export const exportedHandlers: ComputingHandlers['exported'] = {
  describe: describeExported,
  featureMaps: ({ file, hints }) => listFeatureMaps(file, hints),
  evaluate: evaluateExported,
  predict: predictExported,
};
