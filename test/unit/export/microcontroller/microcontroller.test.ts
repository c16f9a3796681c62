import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, test } from 'vitest';
import type { FileContent } from '../../../../electron/engine/export/item.ts';
import { cString } from '../../../../electron/engine/export/microcontroller/c-source.ts';
import { microcontrollerFiles } from '../../../../electron/engine/export/microcontroller/files.ts';
import { int8Style } from '../../../../electron/engine/export/tflite/int8-style.ts';
import { writeTflite } from '../../../../electron/engine/export/tflite/write.ts';
import { footprint } from '../../../../electron/engine/models/inference/footprint.ts';
import { inputName } from '../../../../electron/engine/models/inference/graph.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { networkTitle, integerNetworks, smallNetworks } from '../../../support/small-networks.ts';
import { awkwardNames, smallTrained } from '../../../support/trained-networks.ts';
import { temporaryFolder } from '../../run-folder/support.ts';

beforeAll(useCpuBackend);

async function textOf(content: FileContent): Promise<string> {
  const made = typeof content === 'function' ? content() : content;
  if (typeof made === 'object' && Symbol.asyncIterator in made) return text(made);
  return Buffer.from(await made).toString('utf8');
}

async function folderOf(recipe: (typeof smallNetworks)[number], pixels: 'uint8' | 'int8') {
  const { model, network } = smallTrained(recipe);
  const values = [inputName, ...network.graph.operators.map(({ name }) => name)];
  const ranges = new Map(values.map((name) => [name, { min: -4, max: 4 }]));
  const file = await writeTflite(network, int8Style(network.graph, ranges, pixels));
  const files = microcontrollerFiles(network, () => Promise.resolve(file), {
    pixels,
    license: 'CC-BY-4.0',
  });
  model.dispose();
  const texts: Record<string, string> = {};
  for (const [name, content] of Object.entries(files))
    if (name !== 'model.tflite') texts[name] = await textOf(content);
  return { network, file, texts };
}

test.each(integerNetworks.map((recipe) => [networkTitle(recipe), recipe] as const))(
  '%s: the array is the file, byte for byte, and the example registers its operators alone',
  async (_, recipe) => {
    const { network, file, texts } = await folderOf(recipe, 'uint8');
    const [, body] = /^alignas\(16\) const unsigned char kModel\[\] = \{([^}]*)\};/m.exec(
      texts['model.cc']!,
    )!;
    const bytes = Buffer.from(body!.replaceAll(/0x|,|\s/g, ''), 'hex');
    expect(Buffer.compare(bytes, file.bytes)).toBe(0);
    expect(texts['README.md']).toContain('CC-BY-4.0');
    expect(texts['model.cc']).toContain(`kModelLength = ${file.bytes.length};`);
    const registered = [...texts['example.cc']!.matchAll(/resolver\.Add(\w+)\(/g)].map(([, name]) =>
      name!.toLowerCase(),
    );
    expect(registered.toSorted()).toEqual(
      file.operators.map((name) => name.replaceAll('_', '').toLowerCase()).toSorted(),
    );
    expect(texts['example.cc']).toContain(`MicroMutableOpResolver<${file.operators.length}>`);
    const arena = Number(/kArenaSize = (\d+)/.exec(texts['example.cc']!)![1]);
    expect(arena).toBeGreaterThan(footprint(network.graph).int8.peakRamBytes);
  },
);

/** As much of TensorFlow Lite for Microcontrollers' headers as the example names, with its types. */
const headers = {
  'tensorflow/lite/micro/micro_log.h': 'void MicroPrintf(const char* format, ...);',
  'tensorflow/lite/schema/schema_generated.h': `#define TFLITE_SCHEMA_VERSION (3)
namespace tflite { struct Model { unsigned version() const { return 3; } }; inline const Model* GetModel(const void*) { static Model m; return &m; } }`,
  'tensorflow/lite/micro/micro_mutable_op_resolver.h': `#include <cstddef>
#include <cstdint>
typedef enum TfLiteStatus { kTfLiteOk = 0, kTfLiteError = 1 } TfLiteStatus;
namespace tflite { struct MicroOpResolver {};
template <unsigned int N> struct MicroMutableOpResolver : MicroOpResolver {
${['Add', 'Concatenation', 'Conv2D', 'DepthwiseConv2D', 'HardSwish', 'Logistic', 'MaxPool2D', 'Mean', 'Mul', 'Pad', 'Quantize', 'ReduceMax', 'Reshape', 'Slice', 'Softmax', 'Transpose'].map((name) => `TfLiteStatus Add${name}() { return kTfLiteOk; }`).join('\n')}
}; }`,
  'tensorflow/lite/micro/micro_interpreter.h': `#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
struct TfLiteTensor { union { int8_t* int8; uint8_t* uint8; } data; struct { float scale; int32_t zero_point; } params; };
namespace tflite { struct Model; struct MicroInterpreter {
MicroInterpreter(const Model*, const MicroOpResolver&, uint8_t*, size_t) {}
TfLiteStatus AllocateTensors() { return kTfLiteOk; } TfLiteStatus Invoke() { return kTfLiteOk; }
TfLiteTensor* input(size_t) { return nullptr; } TfLiteTensor* output(size_t) { return nullptr; }
size_t arena_used_bytes() const { return 0; } }; }`,
};

const main = `#include <cstdio>
#include "labels.h"
#include "model.h"
int main() {
  std::printf("%d\\n", reinterpret_cast<unsigned long long>(kModel) % 16 == 0);
  for (int i = 0; i < kLabelCount; i++) std::printf("%s\\n", kLabels[i]);
  std::fwrite(kModel, 1, kModelLength, stdout);
}
`;

const hasCompiler = spawnSync('g++', ['--version']).status === 0;

test.skipIf(!hasCompiler)(
  'the sources compile without a warning and give the labels and the file back (skipped without g++)',
  async () => {
    for (const pixels of ['uint8', 'int8'] as const) {
      const { file, texts } = await folderOf(smallNetworks[6]!, pixels);
      const folder = temporaryFolder();
      const stubs = Object.entries(headers).map(([name, content]) => [name, `#pragma once\n${content}\n`]);
      for (const [name, content] of Object.entries({
        ...texts,
        ...(Object.fromEntries(stubs) as Record<string, string>),
        'main.cc': main,
      })) {
        mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
        writeFileSync(path.join(folder, name), content);
      }
      const compile = (...args: string[]) =>
        execFileSync('g++', ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-I.', ...args], { cwd: folder });
      compile('-fsyntax-only', 'example.cc');
      compile('-o', 'program', 'main.cc', 'model.cc', 'labels.cc');
      const output = execFileSync(path.join(folder, 'program'), { maxBuffer: 2 ** 26 });
      const before = Buffer.from(['1', ...awkwardNames, ''].join('\n'));
      expect(output.subarray(0, before.length).toString()).toBe(before.toString());
      expect(Buffer.compare(output.subarray(before.length), file.bytes)).toBe(0);
    }
  },
);

test('texts become C strings that no digit or trigraph changes', () => {
  expect(cString('a "b" \\ 30')).toBe('"a \\042b\\042 \\134 30"');
  expect(cString('Ü1??=')).toBe('"\\303\\2341\\077\\077="');
  expect(cString("it's\n")).toBe('"it\\047s\\012"');
});
