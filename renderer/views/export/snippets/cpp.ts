import type { Snippet } from './snippet.ts';

/** Calls what the folder's example.cc has. */
export const cppSnippet: Snippet = {
  title: 'C++, TensorFlow Lite Micro',
  takes: (format) => format === 'microcontroller',
  install: 'the folder and TensorFlow Lite for Microcontrollers (tflite-micro) as parts of your build',
  code: ({ file, image: { size } }) =>
    `// Built with model.cc, labels.cc and example.cc of ${file}.
#include <cstdint>
#include <cstdio>

#include "labels.h"

bool SetUpClassifier();
int Classify(const uint8_t* pixels, float* probability);

// RGB of your camera's image, row by row, from 0 to 255.
static uint8_t pixels[${size} * ${size} * 3];

int main() {
  if (!SetUpClassifier()) return 1;
  for (;;) {
    // Fill pixels here.
    float probability = 0;
    const int label = Classify(pixels, &probability);
    if (label >= 0) std::printf("%s: %d %%\\n", kLabels[label], static_cast<int>(100 * probability + 0.5f));
  }
}
`,
};
