import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import { networkOf } from '../../models/index.ts';
import { stageEnds } from '../../models/describe.ts';
import { type Body, type BodyOptions, mobilenetBody, residualBody } from './body.ts';
import { headOf } from './head.ts';
import { writtenOut } from './written-out.ts';

type Network = Pick<TrainedNetwork, 'recipe' | 'graph'>;

/** How a family is written in model.py. */
interface Source {
  className: string;
  /** The whole network, from `images` to the logits. */
  body: (network: Network, options: BodyOptions) => Body;
}

/** A body with the head that the network has. */
const withHead =
  (body: (network: Network, options: BodyOptions) => Body): Source['body'] =>
  (network, options) => {
    const [first, second] = [body(network, options), headOf(network.graph)];
    return {
      parts: [...first.parts, ...second.parts],
      modules: [...first.modules, ...second.modules],
      forward: [...first.forward, ...second.forward],
      result: second.result,
    };
  };

const residual = withHead(({ graph }, options) => residualBody(graph, options));
const mobilenet = withHead(({ recipe, graph }, options) =>
  mobilenetBody(graph, options, stageEnds(networkOf(recipe, graph.classes))),
);
const layerByLayer: Source['body'] = ({ recipe, graph }, options) =>
  writtenOut(recipe, graph.classes, graph.size, options);

export const sources: Record<ModelRecipe['architecture'], Source> = {
  resnet18: { className: 'ResNet18', body: residual },
  resnet34: { className: 'ResNet34', body: residual },
  resnet50: { className: 'ResNet50', body: residual },
  mobilenet_v2: { className: 'MobileNetV2', body: mobilenet },
  mobilenet_v3_small: { className: 'MobileNetV3Small', body: layerByLayer },
  mobilenet_v3_large: { className: 'MobileNetV3Large', body: layerByLayer },
  efficientnet_b0: { className: 'EfficientNetB0', body: layerByLayer },
  shufflenet_v2_x0_5: { className: 'ShuffleNetV2Half', body: layerByLayer },
  shufflenet_v2_x1_0: { className: 'ShuffleNetV2', body: layerByLayer },
  squeezenet1_1: { className: 'SqueezeNet', body: layerByLayer },
  convnext_tiny: { className: 'ConvNeXtTiny', body: layerByLayer },
  ds_cnn: { className: 'DsCnn', body: layerByLayer },
  cifar_resnet8: { className: 'CifarResNet8', body: residual },
  cifar_resnet14: { className: 'CifarResNet14', body: residual },
  cifar_resnet20: { className: 'CifarResNet20', body: residual },
};
