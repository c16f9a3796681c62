import type { ModelRecipe } from './recipe.ts';

/** What the recipe's architectures are called where people read them: on screens and in reports alike. */
export const architectureNames: Record<ModelRecipe['architecture'], string> = {
  resnet18: 'ResNet-18',
  resnet34: 'ResNet-34',
  resnet50: 'ResNet-50',
  mobilenet_v2: 'MobileNetV2',
  cifar_resnet8: 'CIFAR ResNet-8',
  cifar_resnet14: 'CIFAR ResNet-14',
  cifar_resnet20: 'CIFAR ResNet-20',
};

/** The name of an architecture that may come from an older or newer version's run. */
export const architectureName = (architecture: string): string =>
  (architectureNames as Record<string, string>)[architecture] ?? architecture;
