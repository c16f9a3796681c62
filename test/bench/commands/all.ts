import { benchDistillation } from './kd.ts';
import { benchKernels } from './kernels.ts';
import { benchMemory } from './memory.ts';
import { benchPipeline } from './pipeline.ts';
import { benchStep, type ComparedOptions } from './step.ts';
import type { Report } from '../report.ts';
import { presetNames } from '../workload.ts';

/** Everything, one after the other; each report is given out as soon as it is there. */
export async function* benchAll({ steps, ...options }: ComparedOptions): AsyncGenerator<Report> {
  const turns = steps === undefined ? options : { ...options, steps };
  for (const preset of presetNames) yield await benchStep({ ...turns, preset });
  yield await benchDistillation(turns);
  yield await benchMemory(options);
  yield await benchPipeline(options);
  yield await benchKernels(options);
}
