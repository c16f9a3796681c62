import type { GraphBuilder } from '../onnx/graph.ts';
import { OnnxRuntimeBackend } from '../onnxruntime/backend.ts';
import { loadStep } from '../onnxruntime/load-step.ts';
import type { Replay, StepParts } from '../onnxruntime/step-parts.ts';
import { DeviceData } from './device-data.ts';
import { DeviceStep } from './device-step.ts';
import { webGpu } from './target.ts';

/**
 * The onnxruntime backend with its recorded steps on a GPU. What is not recorded runs on the processor, which fetches the values
 * that it reads.
 */
export class WebGpuBackend extends OnnxRuntimeBackend {
  override readonly target = webGpu;

  override compile(graph: GraphBuilder, parts: StepParts): Replay {
    const kept = parts.variables.flatMap(({ output }) => (output ? [output.name] : []));
    const session = loadStep(graph, parts, { provider: this.target.provider, kept, level: 'all' });
    return new DeviceStep(this, parts, session);
  }

  /** Values on the device are freed with their tensor. */
  override disposeData(dataId: object, force?: boolean): boolean {
    const data = this.data.has(dataId) ? this.data.get(dataId) : null;
    const gone = super.disposeData(dataId, force);
    if (gone && data instanceof DeviceData) data.release();
    return gone;
  }
}
