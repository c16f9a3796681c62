import type { Target } from '../onnxruntime/target.ts';

/** ONNX Runtime's WebGPU provider. Its Split binds a buffer for each piece, of which a shader may have only a few. */
export const webGpu: Target = { provider: 'webgpu', blocks: false, splits: false, poolIndices: false };
