import type { InferenceGraph, LinearOperator } from '../../models/inference/graph.ts';
import type { Body } from './body.ts';

/** From the map `x` to the logits. */
export function headOf({ operators, classes }: InferenceGraph): Body {
  const linears = operators.filter((operator): operator is LinearOperator => operator.kind === 'linear');
  const [inputs, outputs] = linears[0]!.folding.shape as [number, number];
  if (linears.length === 2)
    return {
      parts: ['fastai_head.py'],
      // Its first layer reads maximum and average.
      modules: [`self.head = FastaiHead(${inputs / 2}, ${outputs}, ${classes})`],
      forward: [],
      result: 'self.head(x)',
    };
  const pooled = 'x = x.mean(dim=(2, 3))';
  const linear = `nn.Linear(${inputs}, ${classes})`;
  return linears[0]!.name === 'classifier.1'
    ? {
        parts: [],
        modules: [`self.classifier = nn.Sequential(nn.Dropout(0.2), ${linear})`],
        forward: [pooled],
        result: 'self.classifier(x)',
      }
    : { parts: [], modules: [`self.fc = ${linear}`], forward: [pooled], result: 'self.fc(x)' };
}
