import type { NetworkOptions } from '../../contract/exports.ts';
import type { Scores } from '../../contract/result.ts';
import type { InputValues } from '../models/weights/metadata.ts';
import type { TrainedNetwork } from './trained-network.ts';

/** What a file states about its network beyond the graph itself. */
export interface NetworkFacts {
  /** On the test images. */
  scores?: Scores | undefined;
  license?: NetworkOptions['license'] | undefined;
  /** How its biases were corrected. */
  note?: string;
}

/** As Hugging Face's model cards write it where nobody stated one. */
export const statedLicense = ({ license }: Pick<NetworkFacts, 'license'>): string => license ?? 'unknown';

/** ONNX's own keys for images that are fed as pixels: https://github.com/onnx/onnx/blob/main/docs/MetadataProps.md. */
const pixelMetadata = {
  'Image.BitmapPixelFormat': 'Rgb8',
  'Image.ColorSpaceGamma': 'SRGB',
  'Image.NominalPixelRange': 'NominalRange_0_255',
};

/**
 * The metadata of an exported file, as texts by key; what is not a plain word is JSON. models/weights/metadata.ts reads it.
 * The key "license" is written as Hugging Face's model cards do.
 */
export function networkMetadata(
  { classes, image, recipe }: TrainedNetwork,
  input: InputValues,
  facts: NetworkFacts,
): Record<string, string> {
  return {
    classes: JSON.stringify(classes),
    image: JSON.stringify(image),
    input,
    ...(input === 'pixels' ? pixelMetadata : {}),
    model: JSON.stringify(recipe),
    ...(facts.scores ? { scores: JSON.stringify(facts.scores) } : {}),
    ...(facts.note === undefined ? {} : { note: facts.note }),
    license: statedLicense(facts),
  };
}
