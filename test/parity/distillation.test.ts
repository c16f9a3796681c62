import { describe } from 'vitest';
import { useCpuBackend } from '../support/cpu-backend.ts';
import { hasParity, parityFolder } from '../support/parity-data.ts';
import { distillationParity } from '../support/parity-distillation.ts';

describe.skipIf(!hasParity)(`distillation against PyTorch (skipped where ${parityFolder} is missing)`, () => {
  distillationParity(useCpuBackend);
});
