import {
  defaultNetworkOptions,
  type NetworkOptions,
  type OnnxInput,
} from '../../../electron/contract/exports.ts';

/** What is asked for beside formats and networks. */
export interface ExportSettings extends NetworkOptions {
  check: boolean;
  /** Where the dataset is now; null: where it was. */
  data: string | null;
}

export const usualSettings = (): ExportSettings => ({ ...defaultNetworkOptions, check: true, data: null });

export const onnxInputNames: Record<OnnxInput, string> = {
  image: 'RGB pixels, preprocessing included',
  normalised: 'Normalised values, prepared by the caller',
};

export const tfliteInputNames: Record<NetworkOptions['tfliteInput'], string> = {
  uint8: 'Pixels from 0 to 255 (uint8)',
  int8: 'Pixels minus 128 (int8)',
};

/** Shares of validation accuracy. */
export const lossLimits = [
  { value: 0.001, label: '0.1 points of accuracy' },
  { value: 0.0025, label: '0.25 points of accuracy' },
  { value: defaultNetworkOptions.maxLoss, label: '0.5 points of accuracy' },
  { value: 0.01, label: '1 point of accuracy' },
  { value: 0.02, label: '2 points of accuracy' },
  { value: 1, label: 'No limit: all layers in int8' },
];
