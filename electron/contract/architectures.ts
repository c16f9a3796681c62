export interface ArchitectureDescriptor {
  label: string;
  paper: { title: string; url: string };
  /** Channels of the stem, where the recipe gives no width: all others follow from it. */
  width: number;
  /** Blocks of the body, where the recipe gives no depth; absent: its depth cannot be chosen. */
  depth?: number;
  /** Side in pixels of the images that it is made for, with its own stem. */
  usualSize: number;
  /** What each of its parameter groups holds, first to last; `freezeTo` counts them. */
  parameterGroups: readonly string[];
  /** Its stages by name, first to last: what feature methods compare. */
  stages: readonly string[];
}

const resnetPaper = {
  title: 'He et al., "Deep Residual Learning for Image Recognition", 2016',
  url: 'https://arxiv.org/abs/1512.03385',
};

const resnet = {
  paper: resnetPaper,
  width: 64,
  usualSize: 96,
  parameterGroups: ['stem to layer2', 'layer3 and layer4', 'head'],
  stages: ['layer1', 'layer2', 'layer3', 'layer4'],
} as const;

const cifarResnet = {
  paper: resnetPaper,
  width: 16,
  usualSize: 32,
  parameterGroups: ['stem and layer1', 'layer2 and layer3', 'head'],
  stages: ['layer1', 'layer2', 'layer3'],
} as const;

/** Of the networks whose body is one list of stages. */
const fourStages = {
  usualSize: 96,
  parameterGroups: ['stem to layer2', 'rest of the body', 'head'],
  stages: ['layer1', 'layer2', 'layer3', 'layer4'],
} as const;

const mobilenetV3 = {
  ...fourStages,
  paper: {
    title: 'Howard et al., "Searching for MobileNetV3", 2019',
    url: 'https://arxiv.org/abs/1905.02244',
  },
  width: 16,
} as const;

const shufflenetV2 = {
  ...fourStages,
  paper: {
    title: 'Ma et al., "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design", 2018',
    url: 'https://arxiv.org/abs/1807.11164',
  },
  width: 24,
} as const;

/** What is known of the networks without building them. A new one is an entry here and a line in engine/models/index.ts. */
export const architectureDescriptors = {
  resnet18: { label: 'ResNet-18', ...resnet },
  resnet34: { label: 'ResNet-34', ...resnet },
  resnet50: { label: 'ResNet-50', ...resnet },
  mobilenet_v2: {
    label: 'MobileNetV2',
    paper: {
      title: 'Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018',
      url: 'https://arxiv.org/abs/1801.04381',
    },
    width: 32,
    usualSize: 96,
    parameterGroups: ['body', 'head'],
    stages: ['layer1', 'layer2', 'layer3', 'layer4'],
  },
  mobilenet_v3_small: { label: 'MobileNetV3-Small', ...mobilenetV3 },
  mobilenet_v3_large: { label: 'MobileNetV3-Large', ...mobilenetV3 },
  efficientnet_b0: {
    label: 'EfficientNet-B0',
    ...fourStages,
    paper: {
      title: 'Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019',
      url: 'https://arxiv.org/abs/1905.11946',
    },
    width: 32,
  },
  shufflenet_v2_x0_5: { label: 'ShuffleNetV2 x0.5', ...shufflenetV2 },
  shufflenet_v2_x1_0: { label: 'ShuffleNetV2 x1.0', ...shufflenetV2 },
  squeezenet1_1: {
    label: 'SqueezeNet 1.1',
    ...fourStages,
    paper: {
      title:
        'Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size", 2016',
      url: 'https://arxiv.org/abs/1602.07360',
    },
    width: 64,
    stages: ['layer1', 'layer2', 'layer3'],
  },
  convnext_tiny: {
    label: 'ConvNeXt-Tiny',
    ...fourStages,
    paper: { title: 'Liu et al., "A ConvNet for the 2020s", 2022', url: 'https://arxiv.org/abs/2201.03545' },
    width: 96,
    parameterGroups: ['stem to layer2', 'layer3 and layer4', 'head'],
  },
  ds_cnn: {
    label: 'DS-CNN',
    paper: {
      title: 'Zhang et al., "Hello Edge: Keyword Spotting on Microcontrollers", 2017',
      url: 'https://arxiv.org/abs/1711.07128',
    },
    width: 64,
    depth: 4,
    usualSize: 32,
    parameterGroups: ['body', 'head'],
    stages: ['layer1', 'layer2'],
  },
  cifar_resnet8: { label: 'CIFAR ResNet-8', ...cifarResnet },
  cifar_resnet14: { label: 'CIFAR ResNet-14', ...cifarResnet },
  cifar_resnet20: { label: 'CIFAR ResNet-20', ...cifarResnet },
} as const satisfies Record<string, ArchitectureDescriptor>;

export type Architecture = keyof typeof architectureDescriptors;
export const architectures = Object.keys(architectureDescriptors) as [Architecture, ...Architecture[]];

/** What architectures are called where people read them: on screens and in reports alike. */
export const architectureNames = Object.fromEntries(
  architectures.map((name) => [name, architectureDescriptors[name].label]),
) as Record<Architecture, string>;

/** Stands for the architecture of a network that is run from an ONNX file. */
export const onnxNetwork = 'onnx';

/** Stands for the architecture of several networks that predict as one. */
export const ensembleNetwork = 'ensemble';

const otherNetworks: Record<string, string> = {
  [onnxNetwork]: 'ONNX network',
  [ensembleNetwork]: 'ensemble',
};

/** The name of an architecture that may come from an older or newer version's run. */
export const architectureName = (architecture: string): string =>
  otherNetworks[architecture] ?? (architectureNames as Record<string, string>)[architecture] ?? architecture;

/** What of a recipe's `model` is needed here, which takes its architectures from this file. */
interface OfModel {
  architecture: Architecture;
  width: number | null;
  depth?: number | undefined;
  stem: string;
}

/** Blocks of an architecture whose depth can be chosen; null: it cannot. */
export const ownDepth = (architecture: Architecture): number | null => {
  const descriptor: ArchitectureDescriptor = architectureDescriptors[architecture];
  return descriptor.depth ?? null;
};

/** Blocks of a network whose depth can be chosen; 0 of another. */
export const depthOf = ({ architecture, depth }: Pick<OfModel, 'architecture' | 'depth'>): number =>
  depth ?? ownDepth(architecture) ?? 0;

/** Channels of a network's stem. */
export const stemWidth = ({ architecture, width }: Pick<OfModel, 'architecture' | 'width'>): number =>
  width ?? architectureDescriptors[architecture].width;

/** Side in pixels of the images that a network is made for; stems without the large stride are for small ones. */
export const usualSize = ({ architecture, stem }: Pick<OfModel, 'architecture' | 'stem'>): number =>
  stem === 'imagenet' ? architectureDescriptors[architecture].usualSize : 32;
