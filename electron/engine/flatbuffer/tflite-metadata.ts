import type { Schema } from './schema.ts';

/**
 * The description of a .tflite file's inputs and outputs, a FlatBuffer of its own that the file carries as the metadata buffer
 * 'TFLITE_METADATA'; field numbers after tensorflow_lite_support/metadata/metadata_schema.fbs, version 1.1.0.
 */
export const tfliteMetadataSchema = {
  identifier: 'M001',
  root: 'ModelMetadata',
  tables: {
    ModelMetadata: {
      name: '0 string',
      description: '1 string',
      version: '2 string',
      subgraph_metadata: '3 [SubGraphMetadata]',
      author: '4 string',
      license: '5 string',
      associated_files: '6 [AssociatedFile]',
      min_parser_version: '7 string',
    },
    SubGraphMetadata: {
      name: '0 string',
      description: '1 string',
      input_tensor_metadata: '2 [TensorMetadata]',
      output_tensor_metadata: '3 [TensorMetadata]',
    },
    TensorMetadata: {
      name: '0 string',
      description: '1 string',
      content: '3 Content',
      process_units: '4 [ProcessUnit]',
      stats: '5 Stats',
      associated_files: '6 [AssociatedFile]',
    },
    AssociatedFile: { name: '0 string', description: '1 string', type: '2 byte' },
    Content: { content_properties: '1 ContentProperties' },
    FeatureProperties: {},
    ImageProperties: { color_space: '0 byte', default_size: '1 ImageSize' },
    ImageSize: { width: '0 uint', height: '1 uint' },
    ProcessUnit: { options: '1 ProcessUnitOptions' },
    NormalizationOptions: { mean: '0 [float]', std: '1 [float]' },
    Stats: { max: '0 [float]', min: '1 [float]' },
  },
  unions: {
    ContentProperties: { FeatureProperties: 1, ImageProperties: 2 },
    ProcessUnitOptions: { NormalizationOptions: 1 },
  },
} as const satisfies Schema;

/** Of AssociatedFile: the classes along an output's last axis. */
export const axisLabels = 2;
/** Of ImageProperties. */
export const rgb = 1;
/** The file with the class names, one a line, in the zip that is appended to the model. */
export const labelsFile = 'labels.txt';
/** Names of the model's metadata buffers. */
export const metadataName = 'TFLITE_METADATA';
export const runtimeVersionName = 'min_runtime_version';
/** Ours, texts by key as JSON: how images become the network's input and more that the official description has no field for. */
export const ownName = 'distill_studio';
