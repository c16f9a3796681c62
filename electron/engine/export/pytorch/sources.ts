import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import type { InferenceGraph } from '../../models/inference/graph.ts';
import { type Body, mobilenetBody, residualBody } from './body.ts';

/** How a family is written in model.py. */
interface Source {
  className: string;
  body: (graph: InferenceGraph) => Body;
}

export const sources: Record<ModelRecipe['architecture'], Source> = {
  resnet18: { className: 'ResNet18', body: residualBody },
  resnet34: { className: 'ResNet34', body: residualBody },
  resnet50: { className: 'ResNet50', body: residualBody },
  mobilenet_v2: { className: 'MobileNetV2', body: mobilenetBody },
  cifar_resnet8: { className: 'CifarResNet8', body: residualBody },
  cifar_resnet14: { className: 'CifarResNet14', body: residualBody },
  cifar_resnet20: { className: 'CifarResNet20', body: residualBody },
};
