import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { compare } from '../comparison.ts';
import { shapeOf, traceVariants, workloadOf, type ShapeOptions } from '../options.ts';
import { comparisonReport, type Report } from '../report.ts';
import { shapeTitle, type Workload } from '../workload.ts';
import { comparisonOf, type ComparedOptions } from './step.ts';

/** Distillation steps from a frozen ResNet-34, its logits computed and looked up; the peer computes them. */
export async function benchDistillation(options: ShapeOptions & ComparedOptions): Promise<Report> {
  const shape = shapeOf(options);
  const teacher = modelSchema.parse({ architecture: 'resnet34' });
  const workload: Workload = { ...workloadOf(shape, options), teacher };
  const variants = traceVariants(workload, options).flatMap(([name, variant]): [string, Workload][] => [
    [name, variant],
    [`${name}, stored logits`, { ...variant, storedLogits: true }],
  ]);
  const comparison = await compare({ variants, ...comparisonOf(options) });
  const title = `Distillation step: resnet34 to ${shapeTitle(shape)}`;
  return comparisonReport('kd', title, comparison, shape.batchSize, { workload });
}
