import type { BackendFinding } from '../../../contract/doctor.ts';
import { onnxRuntimeVersion } from './binding.ts';
import { blockSize } from './block-size.ts';
import { registerOnnxRuntime } from './register.ts';

/** Whether onnxruntime-node loads and computes here; registers the backend if so. */
export function onnxRuntimeFinding(): BackendFinding {
  const name = 'onnxruntime';
  try {
    registerOnnxRuntime();
    const block = blockSize();
    const layout = block === null ? 'plain layout' : `blocks of ${block} channels`;
    const detail = `onnxruntime-node ${onnxRuntimeVersion()}, native CPU, ${layout}`;
    return { name, available: true, detail, hint: '' };
  } catch (thrown) {
    const detail = `The native library does not load: ${thrown instanceof Error ? thrown.message.split('\n')[0]! : String(thrown)}`;
    const hint =
      'Run npm install again; binaries exist for Linux and Windows (x64, arm64) and macOS (arm64).';
    return { name, available: false, detail, hint };
  }
}
