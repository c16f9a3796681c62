import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TtaRow } from '../../../electron/contract/result.ts';
import { mixture, runTta, ttaRow, type TtaStep } from '../../../electron/engine/evaluate/tta.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { channelModel, predictions, source } from './fakes.ts';

beforeAll(useCpuBackend);

/** Logits whose softmax is `p`. */
const logits = (...p: number[]): number[] => p.map(Math.log);

describe('test-time augmentation', () => {
  const labels = [0, 1];
  const plain = () => source([[logits(0.5, 0.3, 0.2), logits(0.6, 0.3, 0.1)]], labels);
  const augmented = () =>
    source(
      [
        [logits(0.2, 0.7, 0.1), logits(0.2, 0.7, 0.1)],
        [logits(0.8, 0.1, 0.1), logits(0.1, 0.8, 0.1)],
      ],
      labels,
    );

  it('mixes probabilities as fastai does', async () => {
    const model = channelModel();
    const before = tf.memory().numTensors;
    const rows = await runTta({
      model,
      role: 'student',
      plain: plain(),
      augmented: augmented(),
      counts: [2, 0, 1, 2],
      beta: 0.25,
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(rows.map(({ role, count, beta }) => [role, count, beta])).toEqual([
      ['student', 0, 0.25],
      ['student', 1, 0.25],
      ['student', 2, 0.25],
    ]);
    // True class's probability by hand, e.g. count 2, image 0: 0.75 * (0.2 + 0.8) / 2 + 0.25 * 0.5 = 0.5.
    const expected = [
      [0.5, 0.3],
      [0.275, 0.6],
      [0.5, 0.6375],
    ];
    rows.forEach((row, i) => {
      const [first, second] = expected[i]!;
      expect(row.logLoss).toBeCloseTo(-(Math.log(first!) + Math.log(second!)) / 2, 6);
    });
    expect(rows.map(({ accuracy }) => accuracy)).toEqual([0.5, 0.5, 1]);
    const [none, one, two] = rows.map(({ msPerImage }) => msPerImage);
    expect(none).toBeGreaterThan(0);
    expect(one).toBeGreaterThan(none!);
    expect(two).toBeGreaterThan(one!);
    // The plain pass and two copies, two images each: no copy is computed twice.
    expect(model.calls).toHaveLength(3);
  });

  it('counts progress over all passes', async () => {
    const progress: number[] = [];
    await runTta({
      model: channelModel(),
      role: 'teacher',
      plain: plain(),
      augmented: augmented(),
      counts: [2],
      beta: 0,
      onProgress: ({ done, total }) => progress.push(done, total),
    });
    expect(progress).toEqual([2, 6, 4, 6, 6, 6]);
  });

  it('scores chosen rows only', async () => {
    const options = {
      model: channelModel(),
      role: 'student',
      plain: plain(),
      augmented: null,
      beta: 1,
    } as const;
    const [row] = await runTta({ ...options, counts: [0], rows: [0] });
    expect(row).toMatchObject({ accuracy: 1, f1Weighted: 1 });
    expect(await runTta({ ...options, counts: [] })).toEqual([]);
  });

  it('is the plain image with beta 1, the mean of the copies with beta 0', () => {
    const p = Float32Array.of(0.25, 0.75);
    const mean = Float32Array.of(0.5, 0.5);
    expect([...mixture(p, mean, 1)]).toEqual([0.25, 0.75]);
    expect([...mixture(p, mean, 0)]).toEqual([0.5, 0.5]);
    expect([...mixture(p, null, 0)]).toEqual([0.25, 0.75]);
  });

  it('hands out what any weight and any rows are scored from, each as if it were measured anew', async () => {
    const steps: TtaStep[] = [];
    const options = { model: channelModel(), role: 'student', counts: [0, 1, 2] } as const;
    const measure = (beta: number, rows?: number[]) =>
      runTta({ ...options, plain: plain(), augmented: augmented(), beta, rows });
    await runTta({
      ...options,
      plain: plain(),
      augmented: augmented(),
      beta: 0.25,
      keep: (step) => steps.push(step),
    });
    expect(steps.map(({ count, mean }) => [count, mean && Array.from(mean, (p) => p.toFixed(6))])).toEqual([
      [0, null],
      [1, ['0.200000', '0.700000', '0.100000', '0.200000', '0.700000', '0.100000']],
      [2, ['0.500000', '0.400000', '0.100000', '0.150000', '0.750000', '0.100000']],
    ]);
    const answers = predictions(labels, [
      [0.5, 0.3, 0.2],
      [0.6, 0.3, 0.1],
    ]);
    // The times are those of each measurement.
    const like = ({ logLoss, ...row }: TtaRow): TtaRow => ({
      ...row,
      logLoss: expect.closeTo(logLoss, 6) as number,
      msPerImage: expect.any(Number) as number,
    });
    for (const rows of [undefined, [0], [1]])
      for (const beta of [0, 0.6]) {
        const measured = await measure(beta, rows);
        const again = steps.map((step) => ttaRow('student', answers, step, beta, rows));
        expect(again).toEqual(measured.map(like));
      }
  });
});
