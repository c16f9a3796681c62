import type { ModelRecipe } from '../../../contract/recipe/model.ts';

/** What the networks are called in model.py. */
export const classNames: Record<ModelRecipe['architecture'], string> = {
  resnet18: 'ResNet18',
  resnet34: 'ResNet34',
  resnet50: 'ResNet50',
  mobilenet_v2: 'MobileNetV2',
  cifar_resnet8: 'CifarResNet8',
  cifar_resnet14: 'CifarResNet14',
  cifar_resnet20: 'CifarResNet20',
};
