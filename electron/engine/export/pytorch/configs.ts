import type { ImageRecipe } from '../../../contract/recipe/image.ts';
import { type NetworkFacts, statedLicense } from '../network-metadata.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import { sources } from './sources.ts';

/** config.json, with Hugging Face's names; what follows `license` is ours. */
export function modelConfig(
  { recipe, classes, image }: TrainedNetwork,
  facts: NetworkFacts,
): Record<string, unknown> {
  return {
    architectures: [sources[recipe.architecture].className],
    model_type: recipe.architecture,
    problem_type: 'single_label_classification',
    num_labels: classes.length,
    id2label: Object.fromEntries(classes.map((name, id) => [String(id), name])),
    label2id: Object.fromEntries(classes.map((name, id) => [name, id])),
    image_size: image.size,
    num_channels: 3,
    torch_dtype: 'float32',
    license: statedLicense(facts),
    width: recipe.width,
    ...(recipe.depth === undefined ? {} : { depth: recipe.depth }),
    stem: recipe.stem,
    head: recipe.head,
  };
}

/** Pillow's number of its bilinear filter, which antialiases where it reduces: data/resize.ts does the same. */
const bilinear = 2;

/**
 * preprocessor_config.json, with Hugging Face's names. `resize_rule` is ours: Hugging Face's processors have no padding by
 * reflection, and crop after they have resized, which rounds differently.
 */
export function preprocessorConfig({ size, resize, mean, std }: ImageRecipe): Record<string, unknown> {
  const square = { height: size, width: size };
  return {
    ...(resize === 'squish' ? { image_processor_type: 'ViTImageProcessor' } : {}),
    ...(resize === 'crop' ? { image_processor_type: 'CLIPImageProcessor' } : {}),
    do_convert_rgb: true,
    do_resize: true,
    size: resize === 'crop' ? { shortest_edge: size } : square,
    resample: bilinear,
    do_center_crop: resize === 'crop',
    ...(resize === 'crop' ? { crop_size: square } : {}),
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: mean,
    image_std: std,
    resize_rule: resize,
  };
}
