import type { ExportedFile } from '../../contract/exported.ts';
import type { TrainedNetwork } from '../export/trained-network.ts';

const list = (values: readonly number[]): string => values.join(' ');
const byFloat32 = (values: readonly number[]): string => list(values.map(Math.fround));

/** Where a file's description contradicts its network, a sentence each. */
export function statedSlips(
  { input, classes: names }: Pick<ExportedFile, 'input' | 'classes'>,
  { image, classes }: Pick<TrainedNetwork, 'image' | 'classes'>,
): string[] {
  const slips: string[] = [];
  const { values } = input;
  if (input.size !== image.size)
    slips.push(
      `Its metadata gives an image size of ${input.size} px; the network was trained on ${image.size} px.`,
    );
  if (input.resize !== null && input.resize !== image.resize)
    slips.push(
      `Its metadata gives "${input.resize}" as the way of resizing; the network was trained on "${image.resize}".`,
    );
  if (
    typeof values === 'object' &&
    byFloat32([...values.mean, ...values.std]) !== byFloat32([...image.mean, ...image.std])
  )
    slips.push(
      `Its metadata gives a normalisation by mean ${list(values.mean)} and std ${list(values.std)}; the network was trained with mean ${list(image.mean)} and std ${list(image.std)}.`,
    );
  if (input.channels !== 'RGB')
    slips.push(`Its metadata gives the channel order ${input.channels}; the network was trained on RGB.`);
  const at = classes.findIndex((name, i) => names !== null && names[i] !== name);
  if (at >= 0)
    slips.push(
      `It names its outputs in another order: output ${at} is “${names![at]!}” there and “${classes[at]!}” in the network.`,
    );
  return slips;
}
