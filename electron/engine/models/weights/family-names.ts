import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import { fastaiScheme } from './fastai-names.ts';
import type { Scheme } from './scheme.ts';

type Stem = ModelRecipe['stem'];

/** By what a family's weights are recognised in a file. */
export interface FamilyNames {
  /** The first convolution's filter, which reads the image. */
  firstFilter: string;
  /** The stems whose first convolution has a window of so many pixels; strides leave no trace in the shapes. */
  stemsOf: (kernel: number) => readonly Stem[];
  /** What a name of the body's blocks begins with before their number, of a family whose depth can be chosen. */
  blocks?: string;
  /** How fastai names the tensors, the usual way first; none for a network that fastai has not. */
  fastai: readonly Scheme[];
}

const allStems = ['imagenet', 'small', 'small-stride2'] as const;

/** Families whose stems differ in strides alone. */
const windowOf =
  (size: number): FamilyNames['stemsOf'] =>
  (kernel) =>
    kernel === size ? allStems : [];

/** Families whose own stem has another window than the small ones. */
const ownWindowOf =
  (size: number): FamilyNames['stemsOf'] =>
  (kernel) => {
    if (kernel === size) return ['imagenet'];
    return kernel === 3 ? ['small', 'small-stride2'] : [];
  };

const resnet: FamilyNames = {
  firstFilter: 'conv1.weight',
  stemsOf: ownWindowOf(7),
  fastai: [
    fastaiScheme({
      'conv1.': '0.0.',
      'bn1.': '0.1.',
      'layer1.': '0.4.',
      'layer2.': '0.5.',
      'layer3.': '0.6.',
      'layer4.': '0.7.',
    }),
  ],
};

/** Families of torchvision's with `features`, a pooling module and `classifier`. */
const features: FamilyNames = {
  firstFilter: 'features.0.0.weight',
  stemsOf: windowOf(3),
  fastai: [fastaiScheme({ 'features.': '0.0.' })],
};

const shufflenetV2: FamilyNames = {
  firstFilter: 'conv1.0.weight',
  stemsOf: windowOf(3),
  // Its first pooling is in the stem, so that users say `cut=-1`.
  fastai: [
    fastaiScheme({
      'conv1.': '0.0.',
      'stage2.': '0.2.',
      'stage3.': '0.3.',
      'stage4.': '0.4.',
      'conv5.': '0.5.',
    }),
  ],
};

const cifarResnet: FamilyNames = { firstFilter: 'conv1.weight', stemsOf: windowOf(3), fastai: [] };

export const familyNames: Record<ModelRecipe['architecture'], FamilyNames> = {
  resnet18: resnet,
  resnet34: resnet,
  resnet50: resnet,
  mobilenet_v2: {
    firstFilter: 'features.0.0.weight',
    stemsOf: windowOf(3),
    // It has no pooling module to cut at: users write `cut=-1`, or `cut=lambda m: m.features`.
    fastai: [fastaiScheme({ 'features.': '0.0.' }), fastaiScheme({ 'features.': '0.' })],
  },
  mobilenet_v3_small: features,
  mobilenet_v3_large: features,
  efficientnet_b0: features,
  shufflenet_v2_x0_5: shufflenetV2,
  shufflenet_v2_x1_0: shufflenetV2,
  squeezenet1_1: { ...features, firstFilter: 'features.0.weight' },
  convnext_tiny: { ...features, stemsOf: ownWindowOf(4) },
  ds_cnn: { firstFilter: 'conv1.weight', stemsOf: windowOf(3), blocks: 'blocks.', fastai: [] },
  cifar_resnet8: cifarResnet,
  cifar_resnet14: cifarResnet,
  cifar_resnet20: cifarResnet,
};
