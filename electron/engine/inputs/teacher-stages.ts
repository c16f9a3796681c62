import { OnnxClassifier } from '../deployed/onnx/classifier.ts';
import type { Stages } from '../distill/term.ts';
import { type Classifier, isModel } from '../models/index.ts';

/** What terms may compare of a teacher besides its logits. */
export function stagesOf(teacher: Classifier): Stages {
  if (isModel(teacher)) return teacher.recipe;
  const features = teacher instanceof OnnxClassifier ? Object.entries(teacher.facts.features) : [];
  return { channels: Object.fromEntries(features.map(([name, { shape }]) => [name, shape[2]])) };
}
