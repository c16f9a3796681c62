import type * as Ort from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { DistillError } from '../../../contract/errors.ts';
import { sessionThreads } from '../../backend/onnxruntime/session-options.ts';
import { messageOf } from './refuse.ts';

export type OnnxRuntime = typeof Ort;

/** Loaded when it is first needed: its native library is not there on every machine. */
export async function onnxRuntime(): Promise<OnnxRuntime> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new DistillError(
      'BACKEND_UNAVAILABLE',
      `ONNX Runtime's native library does not load: ${messageOf(cause)}`,
      'Run npm install again; binaries exist for Linux and Windows (x64, arm64) and macOS (arm64).',
      { cause },
    );
  }
}

/** As its users have it by default, but for the number of threads, and silent. */
export const sessionOptions = (): InferenceSession.SessionOptions => ({
  intraOpNumThreads: sessionThreads(),
  logSeverityLevel: 4,
});
