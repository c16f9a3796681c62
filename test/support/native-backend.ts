import { chooseBackend } from '../../electron/engine/backend/choose.ts';

/** The onnxruntime backend; throws where its native library does not load. */
export async function useNativeBackend(): Promise<void> {
  await chooseBackend('onnxruntime');
}
