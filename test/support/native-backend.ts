import { chooseBackend } from '../../electron/engine/backend/choose.ts';

/** The onnxruntime backend, on one thread: test files run side by side. Throws where its native library does not load. */
export async function useNativeBackend(): Promise<void> {
  await chooseBackend('onnxruntime', 1);
}
