import type { ComputingHandlers } from '../../contract/services.ts';
import { networkFile } from '../deployed/open.ts';
import { listFeatureMaps } from '../deployed/onnx/list-maps.ts';
import { describeExported, evaluateExported, predictExported } from '../trained/exported.ts';

export const exportedHandlers: ComputingHandlers['exported'] = {
  describe: describeExported,
  featureMaps: async ({ file, hints }) => listFeatureMaps(await networkFile(file), hints),
  evaluate: evaluateExported,
  predict: predictExported,
};
