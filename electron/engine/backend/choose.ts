import * as tf from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import type { BackendFinding, BackendName } from '../../contract/doctor.ts';
import './tfjs.ts';
import { blockSize } from './onnxruntime/layout.ts';
import { registerOnnxRuntime } from './onnxruntime/register.ts';
import { setThreads } from './onnxruntime/session.ts';
import { isTensorflowInstalled, registerTensorflow } from './tensorflow.ts';

export interface Choice {
  name: BackendName;
  reason: string;
  findings: BackendFinding[];
}

const message = (thrown: unknown) =>
  (thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0]!;

function tryTensorflow(): BackendFinding {
  const name = 'tensorflow';
  if (!isTensorflowInstalled()) {
    return {
      name,
      available: false,
      detail:
        '@tensorflow/tfjs-node-gpu is not installed: its download of libtensorflow failed or was skipped.',
      hint: 'For an NVIDIA GPU: npm install @tensorflow/tfjs-node-gpu@4.22.0 with access to its download host, CUDA 11.2 and cuDNN 8.1.',
    };
  }
  try {
    registerTensorflow();
    return { name, available: true, detail: '@tensorflow/tfjs-node-gpu 4.22.0', hint: '' };
  } catch (thrown) {
    const hint = 'Check that CUDA 11.2 and cuDNN 8.1 are installed and on the library path.';
    return { name, available: false, detail: `It is installed but does not load: ${message(thrown)}`, hint };
  }
}

function tryOnnxRuntime(): BackendFinding {
  const name = 'onnxruntime';
  try {
    registerOnnxRuntime();
    const block = blockSize();
    const layout = block === null ? 'plain layout' : `blocks of ${block} channels`;
    return { name, available: true, detail: `onnxruntime-node 1.30.0, native CPU, ${layout}`, hint: '' };
  } catch (thrown) {
    const detail = `The native library does not load: ${message(thrown)}`;
    const hint =
      'Run npm install again; binaries exist for Linux and Windows (x64, arm64) and macOS (arm64).';
    return { name, available: false, detail, hint };
  }
}

/** What can be had on this machine, best first. Loads the libraries to find out. */
export function findBackends(): BackendFinding[] {
  const javascript: BackendFinding = {
    name: 'cpu',
    available: true,
    detail: "tfjs's JavaScript backend: the reference for tests, far too slow for training",
    hint: '',
  };
  return [tryTensorflow(), tryOnnxRuntime(), javascript];
}

/**
 * Chooses and starts a backend: the best that is available, or the one asked for.
 * Throws BACKEND_UNAVAILABLE where the one asked for is not to be had.
 */
export async function chooseBackend(
  request: BackendName | 'auto',
  threads: number | null = null,
): Promise<Choice> {
  if (threads !== null) setThreads(threads);
  const findings = findBackends();
  const wanted =
    request === 'auto' ? findings.find((f) => f.available)! : findings.find((f) => f.name === request)!;
  if (!wanted.available) {
    throw new DistillError('BACKEND_UNAVAILABLE', `Backend '${wanted.name}': ${wanted.detail}`, wanted.hint);
  }
  const passedOver = findings.slice(0, findings.indexOf(wanted)).filter((f) => !f.available);
  const reason =
    request !== 'auto'
      ? 'It was asked for.'
      : ['The best that is available.', ...passedOver.map((f) => `Not ${f.name}: ${f.detail}`)].join(' ');
  await tf.setBackend(wanted.name);
  await tf.ready();
  return { name: wanted.name, reason, findings };
}
