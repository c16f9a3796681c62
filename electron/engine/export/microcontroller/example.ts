import type { BuiltinOperator } from '../../flatbuffer/tflite.ts';

/** The resolver's methods of TensorFlow Lite for Microcontrollers. */
const resolverMethods: Partial<Record<BuiltinOperator, string>> = {
  ADD: 'AddAdd',
  CONCATENATION: 'AddConcatenation',
  CONV_2D: 'AddConv2D',
  DEPTHWISE_CONV_2D: 'AddDepthwiseConv2D',
  HARD_SWISH: 'AddHardSwish',
  LOGISTIC: 'AddLogistic',
  MAX_POOL_2D: 'AddMaxPool2D',
  MEAN: 'AddMean',
  MUL: 'AddMul',
  PAD: 'AddPad',
  QUANTIZE: 'AddQuantize',
  REDUCE_MAX: 'AddReduceMax',
  RESHAPE: 'AddReshape',
  SLICE: 'AddSlice',
  SOFTMAX: 'AddSoftmax',
  TRANSPOSE: 'AddTranspose',
};

export interface ExampleFacts {
  size: number;
  operators: readonly BuiltinOperator[];
  arenaBytes: number;
  pixels: 'uint8' | 'int8';
}

/** How a pixel is stored in the input. */
const storePixel = {
  uint8: 'input->data.uint8[i] = pixels[i];',
  int8: 'input->data.int8[i] = static_cast<int8_t>(static_cast<int>(pixels[i]) - 128);',
};

/** example.cc: sets the network up and classifies an image. */
export function exampleSource({ size, operators, arenaBytes, pixels }: ExampleFacts): string {
  const methods = operators.map((operator) => resolverMethods[operator]);
  return `// Classifies images with TensorFlow Lite for Microcontrollers:
// https://github.com/tensorflow/tflite-micro. Call SetUpClassifier once, then Classify for each image.

#include <cstddef>
#include <cstdint>

#include "labels.h"
#include "model.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_log.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

namespace {

constexpr int kImageSize = ${size};

// An estimate to begin with: SetUpClassifier prints what is used. Make it larger if AllocateTensors fails.
constexpr std::size_t kArenaSize = ${arenaBytes};
alignas(16) uint8_t arena[kArenaSize];

tflite::MicroInterpreter* interpreter = nullptr;

}  // namespace

bool SetUpClassifier() {
  const tflite::Model* model = tflite::GetModel(kModel);
  if (model->version() != TFLITE_SCHEMA_VERSION) return false;

  // The operators of this network, and no others.
  static tflite::MicroMutableOpResolver<${methods.length}> resolver;
${methods.map((method) => `  if (resolver.${method!}() != kTfLiteOk) return false;`).join('\n')}

  static tflite::MicroInterpreter instance(model, resolver, arena, kArenaSize);
  if (instance.AllocateTensors() != kTfLiteOk) return false;
  interpreter = &instance;
  MicroPrintf("Arena: %u of %u bytes used", static_cast<unsigned>(instance.arena_used_bytes()),
              static_cast<unsigned>(kArenaSize));
  return true;
}

// pixels: RGB, row by row, kImageSize * kImageSize * 3 bytes from 0 to 255. Gives the index of the most probable class and its
// probability; -1 where the network could not be run.
int Classify(const uint8_t* pixels, float* probability) {
  if (interpreter == nullptr) return -1;
  TfLiteTensor* input = interpreter->input(0);
  for (int i = 0; i < kImageSize * kImageSize * 3; i++) {
    ${storePixel[pixels]}
  }
  if (interpreter->Invoke() != kTfLiteOk) return -1;

  const TfLiteTensor* output = interpreter->output(0);
  int best = 0;
  for (int i = 1; i < kLabelCount; i++) {
    if (output->data.${pixels}[i] > output->data.${pixels}[best]) best = i;
  }
  *probability = (output->data.${pixels}[best] - output->params.zero_point) * output->params.scale;
  return best;
}

// How it is used, with an image of grey pixels in place of a camera's.
void ClassifyOnce() {
  static uint8_t pixels[kImageSize * kImageSize * 3];
  for (uint8_t& value : pixels) value = 128;
  float probability = 0;
  const int label = Classify(pixels, &probability);
  if (label >= 0) MicroPrintf("%s: %d %%", kLabels[label], static_cast<int>(100 * probability + 0.5f));
}
`;
}
