import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BackendFinding } from '../../../contract/doctor.ts';
import { workerModule } from '../../../platform/resources.ts';
import { onnxRuntimeVersion } from '../onnxruntime/binding.ts';
import { registerWebGpu, webGpuName } from './register.ts';

const limits =
  'Only recorded training steps run on the GPU; evaluation, prediction and steps that cannot be recorded run on the processor. It has been tried only on a software driver: compare its losses with those of --backend onnxruntime.';

/** Whether ONNX Runtime's WebGPU provider finds a GPU here and computes on it; registers the backend if so. */
export function webGpuFinding(): BackendFinding {
  const name = webGpuName;
  const failure = probeApart();
  if (failure !== null) {
    const hint =
      'It needs a GPU with a recent driver for Vulkan (Linux), Direct3D 12 (Windows) or Metal (macOS).';
    return { name, available: false, detail: `No GPU computes through WebGPU: ${failure}`, hint };
  }
  try {
    registerWebGpu();
  } catch (thrown) {
    const detail = `The native library does not load: ${thrown instanceof Error ? thrown.message.split('\n')[0]! : String(thrown)}`;
    return { name, available: false, detail, hint: 'Run npm install again.' };
  }
  return {
    name,
    available: true,
    detail: `onnxruntime-node ${onnxRuntimeVersion()}, its WebGPU provider; experimental, used only when asked for`,
    hint: limits,
  };
}

/** Null, or why the GPU cannot be used. */
function probeApart(): string | null {
  // Electron's program does not run scripts (the fuse runAsNode is off): started again it would be a second window.
  if (process.versions['electron'] !== undefined)
    return 'the desktop app cannot try a driver in a process of its own. Use distill-studio serve or distill-studio run.';
  const script = fileURLToPath(workerModule('./probe-process', import.meta.url));
  const { stdout, signal, error } = spawnSync(process.execPath, [script], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error) return error.message;
  const printed = stdout.trimEnd().split('\n').at(-1)!;
  if (printed.startsWith('{')) return reason((JSON.parse(printed) as { failure: string | null }).failure);
  return signal
    ? `the driver was tried and ended its process by ${signal}.`
    : 'the trial returned no result.';
}

/** ONNX Runtime puts its source's line and condition before its message. */
function reason(failure: string | null): string | null {
  return failure && (/Failed to .*/.exec(failure)?.[0] ?? failure.split('\n')[0]!);
}
