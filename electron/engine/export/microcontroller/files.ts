import { footprint } from '../../models/inference/footprint.ts';
import { type InferenceGraph, isWeighted } from '../../models/inference/graph.ts';
import type { FileContent } from '../item.ts';
import type { TfliteFile } from '../tflite/write.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import { arraySource, cString } from './c-source.ts';
import { exampleSource } from './example.ts';
import { readme, type ReadmeFacts } from './readme.ts';

/** What TensorFlow Lite for Microcontrollers keeps beside the values, in bytes: not measured on a device, meant to be enough. */
const kept = { channel: 8, operator: 512, runtime: 4096 };
const arenaStep = 1024;

/** Bytes of an arena to begin with. */
function arenaBytes(graph: InferenceGraph, peakRamBytes: number): number {
  const channels = graph.operators.filter(isWeighted).reduce((sum, { shape }) => sum + shape.at(-1)!, 0);
  const all = peakRamBytes + kept.channel * channels + kept.operator * graph.operators.length + kept.runtime;
  return Math.ceil(all / arenaStep) * arenaStep;
}

const guarded = (name: string, body: string): string => `#ifndef DISTILL_STUDIO_${name}_H_
#define DISTILL_STUDIO_${name}_H_

${body}
#endif  // DISTILL_STUDIO_${name}_H_
`;

const modelHeader = guarded(
  'MODEL',
  `#include <cstddef>

// A .tflite file, in flash.
extern const unsigned char kModel[];
extern const std::size_t kModelLength;
`,
);

const labelsHeader = (count: number): string =>
  guarded(
    'LABELS',
    `constexpr int kLabelCount = ${count};

// In UTF-8, in the order of the outputs.
extern const char* const kLabels[kLabelCount];
`,
  );

const labelsSource = (classes: readonly string[]): string => `#include "labels.h"

const char* const kLabels[kLabelCount] = {
${classes.map((name) => `    ${cString(name)},\n`).join('')}};
`;

/**
 * The folder of a network in integers for TensorFlow Lite for Microcontrollers, each file made when its turn has come. `made`: the
 * network as a .tflite file.
 */
export function microcontrollerFiles(
  network: TrainedNetwork,
  made: () => Promise<TfliteFile>,
  { pixels, license }: Pick<ReadmeFacts, 'pixels' | 'license'>,
): Record<string, FileContent> {
  const { classes, graph } = network;
  const taken = footprint(graph);
  const arena = arenaBytes(graph, taken.int8.peakRamBytes);
  return {
    'model.tflite': async () => (await made()).bytes,
    'model.h': modelHeader,
    'model.cc': () => arraySource('model.h', 'kModel', async () => (await made()).bytes),
    'labels.h': labelsHeader(classes.length),
    'labels.cc': labelsSource(classes),
    'example.cc': async () => {
      const { operators } = await made();
      return exampleSource({ size: graph.size, operators, arenaBytes: arena, pixels });
    },
    'README.md': async () => {
      const { bytes, operators } = await made();
      return readme({
        network,
        footprint: taken,
        modelBytes: bytes.length,
        arenaBytes: arena,
        pixels,
        license,
        operators,
      });
    },
  };
}
