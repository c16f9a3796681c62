import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { float16, float32 } from '../../../../electron/engine/export/onnx/precision.ts';
import { onnxFile } from '../../../../electron/engine/export/onnx/write.ts';
import { programVersion } from '../../../../electron/platform/version.ts';
import { relativeError } from '../../../support/backends.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { noisePixels, normalised } from '../../../support/pixels.ts';
import { pythonWith, runPython } from '../../../support/python.ts';
import { networkTitle, ownLogits, smallNetworks } from '../../../support/small-networks.ts';
import { awkwardNames, smallImage, smallTrained } from '../../../support/trained-networks.ts';
import { temporaryFolder } from '../../run-folder/support.ts';

beforeAll(useCpuBackend);

const python = pythonWith('onnx', 'onnxruntime', 'numpy');

interface Found {
  logits: number[];
  sums: number[];
  inferred: number;
  nodes: number;
  classes: string[];
  producer: string;
}

test.skipIf(python === null)(
  `the ONNX project's checker and Python's onnxruntime take every file${python === null ? ' (skipped: no Python with onnx, onnxruntime and numpy; PYTHON names one)' : ''}`,
  { timeout: 240_000 },
  async () => {
    const folder = temporaryFolder();
    const pixels = noisePixels(2, smallImage.size);
    const images = path.join(folder, 'pixels');
    writeFileSync(images, pixels);
    const files: string[] = [];
    const expected: Float32Array[] = [];
    const save = (name: string, bytes: Uint8Array): void => {
      files.push(path.join(folder, `${name}.onnx`));
      writeFileSync(files.at(-1)!, bytes);
    };
    for (const [index, recipe] of smallNetworks.entries()) {
      const { model, network } = smallTrained(recipe);
      expected.push(ownLogits(model, normalised(pixels, smallImage), smallImage.size));
      save(String(index), onnxFile(network, { input: 'image', precision: float32 }));
      if (index === 0) save('half', onnxFile(network, { input: 'image', precision: float16([]) }));
      model.dispose();
    }
    const script = path.join(import.meta.dirname, 'check.py');
    const found = JSON.parse(await runPython(python!, script, [images, ...files])) as Record<string, Found>;
    for (const [index, recipe] of smallNetworks.entries()) {
      const { logits, sums, inferred, nodes, classes, producer } = found[index]!;
      const title = networkTitle(recipe);
      expect(relativeError(logits, expected[index]!), title).toBeLessThan(1e-5);
      for (const sum of sums) expect(sum, title).toBeCloseTo(1, 5);
      // All values of nodes but the two outputs.
      expect(inferred, title).toBe(nodes - 2);
      expect(classes, title).toEqual(awkwardNames);
      expect(producer).toBe(`distill-studio ${programVersion()}`);
    }
    expect(relativeError(found['half']!.logits, expected[0]!)).toBeLessThan(0.01);
  },
);
