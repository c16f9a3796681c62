import * as tf from '@tensorflow/tfjs-core';
import { backendName, OnnxRuntimeBackend } from './backend.ts';
import type { NativeKernel } from './kernel.ts';
import { isLargeFloat } from './large-enough.ts';
import { runNative } from './run-native.ts';

/** Registers a native kernel; calls that it does not accept go to the JavaScript kernel of the same name. */
export function registerNative(kernel: NativeKernel): void {
  const fallback = tf.getKernel(kernel.name, 'cpu') as tf.KernelConfig | undefined;
  if (tf.getKernel(kernel.name, backendName) as tf.KernelConfig | undefined)
    tf.unregisterKernel(kernel.name, backendName);
  tf.registerKernel({
    kernelName: kernel.name,
    backendName,
    kernelFunc: (call) => {
      const backend = OnnxRuntimeBackend.from(call.backend);
      const attributes = call.attrs ?? {};
      const inputs = kernel.inputs.map((name) => call.inputs[name]);
      if (kernel.accepts && !kernel.accepts(inputs, attributes)) {
        if (!fallback)
          throw new Error(`${kernel.name}: neither the native nor the JavaScript kernel takes this call.`);
        return fallback.kernelFunc(call);
      }
      const outputs = runNative(kernel, inputs, attributes, backend);
      return outputs.length === 1 ? outputs[0]! : outputs;
    },
  });
}

/** Registers a kernel whose inputs are a list of any length, which `NativeKernel` does not hold. */
export function registerList(name: string, kernel: (count: number) => NativeKernel): void {
  const fallback = tf.getKernel(name, 'cpu') as tf.KernelConfig | undefined;
  if (fallback) tf.unregisterKernel(name, backendName);
  tf.registerKernel({
    kernelName: name,
    backendName,
    kernelFunc: (call) => {
      const inputs = Object.values(call.inputs) as tf.TensorInfo[];
      if (fallback && (inputs.length < 2 || !isLargeFloat(inputs))) return fallback.kernelFunc(call);
      const backend = OnnxRuntimeBackend.from(call.backend);
      const outputs = runNative(kernel(inputs.length), inputs, call.attrs ?? {}, backend);
      return outputs.length === 1 ? outputs[0]! : outputs;
    },
  });
}
