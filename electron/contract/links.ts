/** Every page outside the program that the program links to. The desktop app opens their hosts without a question. */
export const links = {
  distillation: 'https://arxiv.org/abs/1503.02531',
  gtsrb: 'https://benchmark.ini.rub.de/',
  onnxruntime: 'https://onnxruntime.ai/',
  tensorflow: 'https://www.tensorflow.org/js',
  licence: 'https://www.apache.org/licenses/LICENSE-2.0',
} as const;
