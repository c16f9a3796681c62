import { describe } from 'vitest';
import { hasParity, parityFolder } from '../support/parity-data.ts';
import { distillationParity } from '../support/parity-distillation.ts';
import { hasWebGpu, useWebGpuBackend, webGpuSkip } from '../support/webgpu-backend.ts';

describe.skipIf(!hasParity || !hasWebGpu)(
  `onnxruntime-webgpu against PyTorch (skipped where ${parityFolder} is missing, and ${webGpuSkip})`,
  () => distillationParity(useWebGpuBackend, undefined, { traced: true }),
);
