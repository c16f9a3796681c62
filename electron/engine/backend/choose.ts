import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import { backendNames, type BackendFinding, type BackendName } from '../../contract/doctor.ts';
import './tfjs.ts';
import { OnnxRuntimeBackend } from './onnxruntime/backend.ts';
import { onnxRuntimeFinding } from './onnxruntime/finding.ts';
import { disposeSessions, useThreads } from './onnxruntime/session-cache.ts';
import { tensorflowFinding } from './tensorflow/finding.ts';
import { setTensorflowThreads } from './tensorflow/register.ts';
import { webGpuFinding } from './webgpu/finding.ts';

export interface Choice {
  name: BackendName;
  reason: string;
  /** Of the backends that were looked at on the way. */
  findings: BackendFinding[];
}

const javascript: BackendFinding = {
  name: 'cpu',
  available: true,
  detail: "tfjs's JavaScript backend: the reference for tests, far too slow for training",
  hint: '',
};

/** How each backend is found: by loading its library. `gpu` is the GPU's name for people, where it is known. */
export const finders: Record<BackendName, (gpu: string | null) => BackendFinding> = {
  tensorflow: tensorflowFinding,
  onnxruntime: onnxRuntimeFinding,
  cpu: () => javascript,
  'onnxruntime-webgpu': webGpuFinding,
};

/** What can be had on this machine, best first. Loads all the libraries to find out. */
export function findBackends(gpu: string | null = null): BackendFinding[] {
  return backendNames.map((name) => finders[name](gpu));
}

/** What the run at work computes on, and how many such runs there are. */
let kept: { choice: Choice; users: number } | null = null;

/**
 * Chooses a backend and keeps it until `work` ends: tfjs has one backend at a time, and a run must go on with the one that it
 * began with, whatever others ask for beside it. Throws as chooseBackend does, and what `work` throws.
 */
export async function withBackend<T>(
  request: BackendName | 'auto',
  threads: number | null,
  work: (choice: Choice) => Promise<T>,
): Promise<T> {
  const choice = await chooseBackend(request, threads);
  const mine = (kept ??= { choice, users: 0 });
  mine.users++;
  try {
    return await work(choice);
  } finally {
    if (--mine.users === 0) {
      kept = null;
      giveBack();
    }
  }
}

/**
 * Frees what a run's kernels leave: their sessions, and arrays that no tensor uses. Work beside it loses nothing: it makes the
 * sessions again that it needs.
 */
function giveBack(): void {
  disposeSessions();
  const backend = tf.backend();
  if (backend instanceof OnnxRuntimeBackend) backend.pool.trim();
}

/**
 * Chooses and starts a backend: the best that is available, or the one asked for. No library is loaded that is not needed for
 * that. `threads` null: as many as there are cores. Beside a run at work it is that run's, with that run's threads. Throws
 * BACKEND_UNAVAILABLE where the one asked for is not to be had.
 */
export async function chooseBackend(
  request: BackendName | 'auto',
  threads: number | null = null,
  find: Readonly<typeof finders> = finders,
): Promise<Choice> {
  if (kept) return { ...kept.choice, reason: 'A run is using it.' };
  // Without a number all cores: not those of whoever asked before.
  useThreads(threads ?? availableParallelism());
  if (threads !== null) setTensorflowThreads(threads);
  const findings: BackendFinding[] = [];
  for (const name of request === 'auto' ? backendNames : [request]) {
    findings.push(find[name](null));
    if (findings.at(-1)!.available) break;
  }
  const wanted = findings.at(-1)!;
  if (!wanted.available) {
    throw new DistillError('BACKEND_UNAVAILABLE', `Backend '${wanted.name}': ${wanted.detail}`, wanted.hint);
  }
  const passedOver = findings.slice(0, -1);
  const reason =
    request !== 'auto'
      ? 'It was requested.'
      : ['The best that is available.', ...passedOver.map((f) => `Not ${f.name}: ${f.detail}`)].join(' ');
  await tf.setBackend(wanted.name);
  await tf.ready();
  return { name: wanted.name, reason, findings };
}
