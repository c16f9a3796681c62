import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { encode } from '../../flatbuffer/encode.ts';
import { axisLabels, labelsFile, rgb, tfliteMetadataSchema } from '../../flatbuffer/tflite-metadata.ts';
import { type NetworkFacts, statedLicense } from '../network-metadata.ts';
import type { TrainedNetwork } from '../trained-network.ts';

/** The official description: what goes in, what comes out, and which file has the labels. */
export function describeTensors({ recipe, classes, image }: TrainedNetwork, facts: NetworkFacts): Uint8Array {
  const labels = {
    name: labelsFile,
    description: 'The classes, in the order of the outputs.',
    type: axisLabels,
  };
  return encode(tfliteMetadataSchema, {
    name: recipe.architecture,
    description: `Image classifier of ${classes.length} classes, made with Distill Studio.`,
    license: statedLicense(facts),
    min_parser_version: '1.0.0',
    subgraph_metadata: [
      {
        input_tensor_metadata: [
          {
            name: 'image',
            description: `RGB, ${image.size} x ${image.size} pixels, values 0 to 255; the network normalises them itself.`,
            content: {
              content_properties: {
                type: 'ImageProperties',
                value: { color_space: rgb, default_size: { width: image.size, height: image.size } },
              },
            },
            process_units: [{ options: { type: 'NormalizationOptions', value: { mean: [0], std: [1] } } }],
            stats: { min: [0], max: [255] },
          },
        ],
        output_tensor_metadata: [
          {
            name: 'probabilities',
            description: 'The probability of each class.',
            content: { content_properties: { type: 'FeatureProperties', value: {} } },
            stats: { min: [0], max: [1] },
            associated_files: [labels],
          },
        ],
      },
    ],
  });
}

const directoryEntry = 0x02014b50;
const [entryOffset, directoryOffset] = [42, 16];
const endLength = 22;

/** A zip whose offsets count from the start of the file that it is appended to (APPNOTE.TXT 4.3.12 and 4.3.16), of `base` bytes. */
function moveZip(zip: Buffer, base: number): Buffer {
  const end = zip.length - endLength;
  const directory = zip.readUInt32LE(end + directoryOffset);
  for (let at = directory; zip.readUInt32LE(at) === directoryEntry;) {
    zip.writeUInt32LE(zip.readUInt32LE(at + entryOffset) + base, at + entryOffset);
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  zip.writeUInt32LE(directory + base, end + directoryOffset);
  return zip;
}

/** The zip with the labels, as it stands behind a model of `base` bytes; not compressed, the same for the same labels. */
export async function labelsZip(classes: string[], base: number): Promise<Uint8Array> {
  const zip = new ZipFile();
  // A line a class, whatever its name has in it.
  const lines = classes.map((name) => name.replaceAll(/\s*[\r\n]+\s*/g, ' '));
  zip.addBuffer(Buffer.from(`${lines.join('\n')}\n`), labelsFile, {
    mtime: new Date(1980, 0, 1),
    compress: false,
    forceDosTimestamp: true,
  });
  zip.end();
  return moveZip(await buffer(zip.outputStream), base);
}
