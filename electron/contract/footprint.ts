/** What a network takes where it runs, as a .tflite file. */
export interface Footprint {
  /** Of one image. */
  multiplyAdds: number;
  float: NumbersFootprint;
  int8: NumbersFootprint;
}

export interface NumbersFootprint {
  /** Of the file, which lies in flash. */
  flashBytes: number;
  /** Of the values between its layers that are needed at the same time. */
  peakRamBytes: number;
}

/** How each figure is counted, for people. */
export const footprintCounting = {
  flashBytes:
    'Weights at 4 bytes in float and 1 in int8, biases at 4, in int8 24 bytes of scales for each output channel, and the entries of tensors and operators as in files of these networks. The program that runs it comes on top.',
  peakRamBytes:
    'The largest sum of all values that are needed at the same time while the layers are computed in their order, the image and padded copies included, at 4 bytes a number in float and 1 in int8. What the runtime itself keeps comes on top.',
  multiplyAdds:
    'One for each weight and each place that it is applied to, of convolutions and linear layers. Biases, activations, pooling and the normalisation of pixels are not counted.',
} as const satisfies Record<string, string>;
