import type { ComputingHandlers } from '../../contract/services.ts';
import { describeExported, evaluateExported, predictExported } from '../trained/exported.ts';

export const exportedHandlers: ComputingHandlers['exported'] = {
  describe: describeExported,
  evaluate: evaluateExported,
  predict: predictExported,
};
