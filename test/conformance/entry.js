// Bundled by run.ts: tfjs-core's own specs, with our backend, on one copy of tfjs-core.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import process from 'node:process';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import { setSmallestNative } from '../../electron/engine/backend/onnxruntime/large-enough.ts';
import { registerOnnxRuntime } from '../../electron/engine/backend/onnxruntime/register.ts';

registerOnnxRuntime();
// 'forced' sends tensors of every size through the native kernels; otherwise most specs are too small for them.
if (process.env['CONFORMANCE_MODE'] === 'forced') setSmallestNative(0);
setTestEnvs([{ name: 'onnxruntime', backendName: 'onnxruntime', flags: {}, isDataSync: true }]);

await import('@tensorflow/tfjs-core/dist/tests');
