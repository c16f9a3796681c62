import type { Scheme } from './scheme.ts';

/** What `create_head` gives; see `fastaiScheme`. */
const head = { 'head.bn1.': '1.2.', 'head.fc1.': '1.4.', 'head.bn2.': '1.6.', 'head.fc2.': '1.8.' };

/**
 * fastai's `create_cnn_model` makes Sequential(body, head). The body is torchvision's network up to its pooling, its children
 * numbered (conv1, bn1, relu, maxpool, layer1, ...); the head is `create_head`: AdaptiveConcatPool2d, Flatten, BatchNorm1d,
 * Dropout, Linear, ReLU, BatchNorm1d, Dropout, Linear. https://docs.fast.ai/vision.learner.html
 * `beginnings`: how names of the body begin there, by how they begin here.
 */
export function fastaiScheme(beginnings: Record<string, string>): Scheme {
  const pairs = Object.entries({ ...beginnings, ...head });
  return {
    name: 'fastai',
    nameOf: (ours) => {
      const pair = pairs.find(([beginning]) => ours.startsWith(beginning));
      return pair && pair[1] + ours.slice(pair[0].length);
    },
  };
}
