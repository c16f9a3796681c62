import { chooseBackend } from '../../electron/engine/backend/choose.ts';
import { webGpuFinding } from '../../electron/engine/backend/webgpu/finding.ts';

/** Whether ONNX Runtime finds a GPU here, or a driver that plays one. */
export const hasWebGpu = webGpuFinding().available;

/** Why the tests that need one are skipped, for their title. */
export const webGpuSkip = 'skipped where no driver for Vulkan, Direct3D 12 or Metal is found';

export async function useWebGpuBackend(): Promise<void> {
  await chooseBackend('onnxruntime-webgpu');
}
