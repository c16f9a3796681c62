import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import type { Scheme } from './scheme.ts';

/**
 * fastai's `create_cnn_model` makes Sequential(body, head). The body is torchvision's network up to its pooling, its children
 * numbered (conv1, bn1, relu, maxpool, layer1, ...); the head is `create_head`: AdaptiveConcatPool2d, Flatten, BatchNorm1d,
 * Dropout, Linear, ReLU, BatchNorm1d, Dropout, Linear. https://docs.fast.ai/vision.learner.html
 */
const head = { 'head.bn1.': '1.2.', 'head.fc1.': '1.4.', 'head.bn2.': '1.6.', 'head.fc2.': '1.8.' };

const resnet = {
  'conv1.': '0.0.',
  'bn1.': '0.1.',
  'layer1.': '0.4.',
  'layer2.': '0.5.',
  'layer3.': '0.6.',
  'layer4.': '0.7.',
};

function scheme(beginnings: Record<string, string>): Scheme {
  const pairs = Object.entries({ ...beginnings, ...head });
  return {
    name: 'fastai',
    nameOf: (ours) => {
      const pair = pairs.find(([beginning]) => ours.startsWith(beginning));
      return pair && pair[1] + ours.slice(pair[0].length);
    },
  };
}

const resnets = [scheme(resnet)];
/** MobileNetV2 has no pooling module to cut at: users say `cut=-1`, or `cut=lambda m: m.features`. */
const mobilenets = [scheme({ 'features.': '0.0.' }), scheme({ 'features.': '0.' })];

/** How fastai names this architecture's tensors, the usual way first; none for a network that fastai has not. */
export function fastaiNames(architecture: ModelRecipe['architecture']): readonly Scheme[] {
  if (architecture === 'mobilenet_v2') return mobilenets;
  return architecture.startsWith('resnet') ? resnets : [];
}
