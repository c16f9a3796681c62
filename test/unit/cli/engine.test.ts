import { expect, test } from 'vitest';
import type { TensorflowLink } from '../../../electron/contract/doctor.ts';
import { start } from './fake-terminal.ts';

const link: TensorflowLink = {
  tensorflow: '2.99.0',
  libtensorflow: '/work-folder/wheel/tensorflow',
  folder: '/data/addon-1',
  cuda: true,
  cudaVersion: '12.5.1',
  cudnnVersion: '9',
  linkedAt: '2026-02-03T04:05:06.000Z',
};

test('engine link hands over absolute paths and shows what was linked', async () => {
  const inputs: unknown[] = [];
  const linkTensorflow = (input: unknown) => {
    inputs.push(input);
    return Promise.resolve(link);
  };
  const args = ['engine', 'link', '--libtensorflow', 'wheel/tensorflow'];
  const { code, stdout } = await start(args, { system: { linkTensorflow } }).done;
  expect(code).toBe(0);
  expect(stdout).toContain('CUDA 12.5.1, cuDNN 9');
  const json = await start(['--json', ...args, '--to', 'there'], { system: { linkTensorflow } }).done;
  expect(JSON.parse(json.stdout)).toEqual({ type: 'result', command: 'engine link', value: link });
  expect(inputs).toEqual([
    { libtensorflow: '/work-folder/wheel/tensorflow', to: null },
    { libtensorflow: '/work-folder/wheel/tensorflow', to: '/work-folder/there' },
  ]);
});

test('engine unlink says whether there was a link', async () => {
  const unlink = (value: TensorflowLink | null) =>
    start(['engine', 'unlink'], { system: { unlinkTensorflow: () => Promise.resolve(value) } }).done;
  expect((await unlink(link)).stdout).toBe('TensorFlow 2.99.0 is no longer linked.\n');
  expect((await unlink(null)).stdout).toBe('Nothing was linked.\n');
});

test('the folder must be named', async () => {
  const { code, stderr } = await start(['engine', 'link']).done;
  expect(code).toBe(2);
  expect(stderr).toContain('--libtensorflow <folder>');
});
