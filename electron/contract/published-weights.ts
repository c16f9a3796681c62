import { architectureDescriptors, architectures, type Architecture } from './architectures.ts';
import type { ModelRecipe } from './recipe/model.ts';
import { imagenetStatistics, type Statistics } from './recipe/statistics.ts';

/** How the images were made that a network was evaluated on: the shorter side resized, then the middle cut out. */
export interface PublishedImage extends Statistics {
  /** The shorter side in pixels after resizing. */
  resize: number;
  /** Side in pixels of the square that is cut out. */
  crop: number;
  interpolation: 'bilinear' | 'bicubic';
}

/** A file of weights that torchvision publishes, as torchvision's sources describe it (0.29.1, models/*.py). */
export interface PublishedWeights {
  /** As torchvision.models.get_weight takes it. */
  name: string;
  architecture: Architecture;
  /** Its name ends with the first digits of its SHA-256. */
  file: string;
  /** MiB, rounded to three digits; a length in bytes is not published. */
  size: number;
  /** Share of ImageNet's validation images that it classifies correctly. */
  top1: number;
  image: PublishedImage;
  /** Where torchvision took the weights from; null: it trained them. */
  portedFrom: string | null;
}

/** Published weights and what lies of them in the folder that all runs share. */
export interface WeightsEntry extends PublishedWeights {
  url: string;
  /** Bytes, rounded as the published size is where the file is not there. */
  bytes: number;
  /** whole: there, checked when it came. partial: a download was broken off; the next one continues it. */
  state: 'missing' | 'partial' | 'whole';
  /** Bytes of it that are there. */
  haveBytes: number;
  /** Where it lies, or will. */
  path: string;
}

export interface WeightsList {
  folder: string;
  entries: WeightsEntry[];
}

const imagenetImage: PublishedImage = {
  resize: 256,
  crop: 224,
  interpolation: 'bilinear',
  ...imagenetStatistics,
};

interface Entry extends Pick<PublishedWeights, 'file' | 'size' | 'top1'> {
  image?: Partial<PublishedImage>;
  portedFrom?: string;
}

/** The weights of one architecture, in torchvision's order of versions: IMAGENET1K_V1, then V2. */
const versions = (weights: string, ...entries: Entry[]): Omit<PublishedWeights, 'architecture'>[] =>
  entries.map(({ image, portedFrom = null, ...entry }, i) => ({
    name: `${weights}.IMAGENET1K_V${i + 1}`,
    ...entry,
    image: { ...imagenetImage, ...image },
    portedFrom,
  }));

/** What torchvision publishes of each architecture; null: nothing. */
const byArchitecture: Record<Architecture, ReturnType<typeof versions> | null> = {
  resnet18: versions('ResNet18_Weights', {
    file: 'resnet18-f37072fd.pth',
    size: 44.661,
    top1: 0.69758,
  }),
  resnet34: versions('ResNet34_Weights', {
    file: 'resnet34-b627a593.pth',
    size: 83.275,
    top1: 0.73314,
  }),
  resnet50: versions(
    'ResNet50_Weights',
    { file: 'resnet50-0676ba61.pth', size: 97.781, top1: 0.7613 },
    { file: 'resnet50-11ad3fa6.pth', size: 97.79, top1: 0.80858, image: { resize: 232 } },
  ),
  mobilenet_v2: versions(
    'MobileNet_V2_Weights',
    { file: 'mobilenet_v2-b0353104.pth', size: 13.555, top1: 0.71878 },
    { file: 'mobilenet_v2-7ebf99e0.pth', size: 13.598, top1: 0.72154, image: { resize: 232 } },
  ),
  mobilenet_v3_small: versions('MobileNet_V3_Small_Weights', {
    file: 'mobilenet_v3_small-047dcff4.pth',
    size: 9.829,
    top1: 0.67668,
  }),
  mobilenet_v3_large: versions(
    'MobileNet_V3_Large_Weights',
    { file: 'mobilenet_v3_large-8738ca79.pth', size: 21.114, top1: 0.74042 },
    { file: 'mobilenet_v3_large-5c1a4163.pth', size: 21.107, top1: 0.75274, image: { resize: 232 } },
  ),
  efficientnet_b0: versions('EfficientNet_B0_Weights', {
    file: 'efficientnet_b0_rwightman-7f5810bc.pth',
    size: 20.451,
    top1: 0.77692,
    image: { interpolation: 'bicubic' },
    portedFrom: 'https://github.com/rwightman/pytorch-image-models/',
  }),
  shufflenet_v2_x0_5: versions('ShuffleNet_V2_X0_5_Weights', {
    file: 'shufflenetv2_x0.5-f707e7126e.pth',
    size: 5.282,
    top1: 0.60552,
    portedFrom: 'https://github.com/ericsun99/Shufflenet-v2-Pytorch',
  }),
  shufflenet_v2_x1_0: versions('ShuffleNet_V2_X1_0_Weights', {
    file: 'shufflenetv2_x1-5666bf0f80.pth',
    size: 8.791,
    top1: 0.69362,
    portedFrom: 'https://github.com/ericsun99/Shufflenet-v2-Pytorch',
  }),
  squeezenet1_1: versions('SqueezeNet1_1_Weights', {
    file: 'squeezenet1_1-b8a52dc0.pth',
    size: 4.729,
    top1: 0.58178,
  }),
  convnext_tiny: versions('ConvNeXt_Tiny_Weights', {
    file: 'convnext_tiny-983f1562.pth',
    size: 109.119,
    top1: 0.8252,
    image: { resize: 236 },
  }),
  ds_cnn: null,
  cifar_resnet8: null,
  cifar_resnet14: null,
  cifar_resnet20: null,
};

/** All published weights, by architecture. */
export const publishedWeights: readonly PublishedWeights[] = architectures.flatMap((architecture) =>
  (byArchitecture[architecture] ?? []).map((weights) => ({ ...weights, architecture })),
);

/** Where torchvision's files lie. */
export const weightsUrl = 'https://download.pytorch.org/models/';

/** torchvision's own licence. What ImageNet's terms mean for weights that were trained on it, torchvision leaves to their user. */
export const weightsLicence = {
  name: 'BSD-3-Clause',
  url: 'https://github.com/pytorch/vision/blob/main/LICENSE',
  caveat:
    'They were trained on ImageNet, whose images are for non-commercial research. Whether that binds the weights is not settled: torchvision leaves it to their user to determine.',
} as const;

/** The first digits of a file's SHA-256, in hex. */
export const hashPrefix = ({ file }: Pick<PublishedWeights, 'file'>): string =>
  /-([0-9a-f]{8,64})\.pth$/.exec(file)![1]!;

/** Published lengths are rounded to a thousandth of a MiB. */
export const sizeInBytes = ({ size }: Pick<PublishedWeights, 'size'>): number => Math.round(size * 2 ** 20);
export const sizeSlack = Math.ceil(0.0005 * 2 ** 20);

/** What stands before the name of published weights where a recipe has a path otherwise. */
const scheme = 'torchvision:';

/** How a recipe names published weights: the same on every machine, wherever the file lies. */
export const weightsReference = ({ name }: Pick<PublishedWeights, 'name'>): string => `${scheme}${name}`;

/** Whether a recipe's `weights` name published ones, also such as are not known here. */
export const isReference = (weights: string): boolean => weights.startsWith(scheme);

/** torchvision's name in a reference. */
export const referenceName = (weights: string): string => weights.slice(scheme.length);

/** The published weights that a recipe's `weights` name; null: they are a path, or not known. */
export const referenced = (weights: string): PublishedWeights | null =>
  publishedWeights.find((one) => weightsReference(one) === weights) ?? null;

/** Published weights by any of their names: torchvision's, the file's, or the architecture's, which stands for the newest. */
export const findPublished = (
  name: string,
  catalogue: readonly PublishedWeights[] = publishedWeights,
): PublishedWeights | null =>
  catalogue.findLast(
    (one) =>
      one.name === name || one.file === name || one.architecture === name || weightsReference(one) === name,
  ) ?? null;

/** What is published of an architecture, the newest first. */
export const publishedFor = (architecture: Architecture | null): PublishedWeights[] =>
  publishedWeights.filter((one) => one.architecture === architecture).toReversed();

/** Weights that a network can start from as it is: none where its width or stem is not the architecture's own. */
export function weightsFor({ architecture, width, stem }: ModelRecipe): PublishedWeights[] {
  const isOwn =
    stem === 'imagenet' && (width === null || width === architectureDescriptors[architecture].width);
  return isOwn ? publishedFor(architecture) : [];
}
