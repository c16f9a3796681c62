import { beforeAll, expect, test } from 'vitest';
import { float32 } from '../../../../electron/engine/export/onnx/precision.ts';
import { onnxFile } from '../../../../electron/engine/export/onnx/write.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { decodeOnnx } from '../../../support/onnx-proto.ts';
import { smallNetworks } from '../../../support/small-networks.ts';
import { awkwardNames, smallTrained } from '../../../support/trained-networks.ts';

beforeAll(useCpuBackend);

const scores = { n: 9, accuracy: 0.9, top5: 1, f1Weighted: 0.8, f1Macro: 0.7, logLoss: 0.3, ece: 0.02 };

function written(index: number, input: 'image' | 'normalised' = 'image') {
  const { model, network } = smallTrained(smallNetworks[index]!);
  model.dispose();
  return decodeOnnx(onnxFile(network, { input, precision: float32, scores, license: 'CC-BY-4.0' }));
}

const dimsOf = (value: { type: { tensorType: { shape: { dim: object[] } } } }) =>
  value.type.tensorType.shape.dim.flatMap((dim) => Object.values(dim) as (number | string)[]);

test('the file is opset 17 with an open batch; its input and outputs are documented', () => {
  const { irVersion, opsetImport, producerName, graph } = written(0);
  expect([irVersion, opsetImport]).toEqual([8, [{ domain: '', version: 17 }]]);
  expect(producerName).toBe('distill-studio');
  const [uint8, float] = [2, 1];
  const ports = [...graph.input, ...graph.output];
  expect(ports.map((port) => [port.name, port.type.tensorType.elemType, dimsOf(port)])).toEqual([
    ['image', uint8, ['batch', 32, 32, 3]],
    ['probabilities', float, ['batch', 5]],
    ['logits', float, ['batch', 5]],
  ]);
  for (const { docString } of ports) expect(docString).not.toBe('');
  const [normalised] = written(0, 'normalised').graph.input;
  expect([normalised!.type.tensorType.elemType, dimsOf(normalised!)]).toEqual([float, ['batch', 3, 32, 32]]);
});

test("nodes and weights bear the names of PyTorch's modules, each name once, and no batch norm is left", () => {
  for (const index of smallNetworks.keys()) {
    const { node, initializer } = written(index).graph;
    const names = node.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^\w+(\.\w+)*$/);
    expect(node.map(({ opType }) => opType)).not.toContain('BatchNormalization');
    const values = [...node.flatMap(({ output }) => output), ...initializer.map(({ name }) => name)];
    expect(new Set(values).size).toBe(values.length);
  }
  const { node, initializer } = written(0).graph;
  expect(node.find(({ name }) => name === 'layer1.0.conv1')).toMatchObject({
    opType: 'Conv',
    input: ['maxpool', 'layer1.0.conv1.weight', 'layer1.0.conv1.bias'],
    output: ['layer1.0.conv1'],
  });
  expect(initializer.find(({ name }) => name === 'layer1.0.conv1.weight')).toMatchObject({
    dims: [4, 4, 3, 3],
  });
  expect(node.find(({ name }) => name === 'fc')).toMatchObject({ opType: 'Gemm', output: ['logits'] });
});

test('the metadata gives what a program needs to prepare images and to name outputs', () => {
  const metadata = Object.fromEntries(written(0).metadataProps.map(({ key, value }) => [key, value]));
  expect(JSON.parse(metadata['classes']!)).toEqual(awkwardNames);
  expect(JSON.parse(metadata['image']!)).toEqual({
    size: 32,
    resize: 'squish',
    mean: [0.485, 0.456, 0.406],
    std: [0.2, 0.25, 0.3],
  });
  expect(JSON.parse(metadata['scores']!)).toEqual(scores);
  expect(JSON.parse(metadata['model']!)).toMatchObject({ architecture: 'resnet18' });
  expect(metadata).toMatchObject({
    input: 'pixels',
    license: 'CC-BY-4.0',
    'Image.BitmapPixelFormat': 'Rgb8',
    'Image.NominalPixelRange': 'NominalRange_0_255',
  });
  const keys = written(0, 'normalised').metadataProps.map(({ key }) => key);
  expect(keys).not.toContain('Image.NominalPixelRange');
});
