import { describe } from 'vitest';
import { useCpuBackend } from '../support/cpu-backend.ts';
import { useNativeBackend } from '../support/native-backend.ts';
import { hasParity, parityFolder } from '../support/parity-data.ts';
import { distillationParity } from '../support/parity-distillation.ts';

describe.skipIf(!hasParity)(`distillation against PyTorch (skipped where ${parityFolder} is missing)`, () => {
  describe('onnxruntime', () => distillationParity(useNativeBackend, undefined, { traced: true }));
  // A minute for a preset's three steps: one of them shows that the composites compute the same.
  describe('cpu', () => distillationParity(useCpuBackend, ['hinton']));
});
