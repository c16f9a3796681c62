import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../electron/engine/data/dataset.ts';
import { holdOutTest, splitSamples } from '../../../electron/engine/data/split.ts';

/** Tracks of these lengths in each class, named as GTSRB names them; the order of keys is not the order of samples. */
function tracked(classes: number[][]): Sample[] {
  const pad = (n: number) => String(n).padStart(5, '0');
  const samples = classes.flatMap((tracks, label) =>
    tracks.flatMap((frames, track) =>
      Array.from({ length: frames }, (_, frame) => {
        const name = `${pad(label)}/${pad(track)}`;
        return { key: `${name}_${pad(frame)}.ppm`, label, track: name, hash: '' };
      }),
    ),
  );
  return samples.reverse();
}

function loose(counts: number[]): Sample[] {
  return counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, at) => ({ key: `${label}/${at}.png`, label, track: null, hash: '' })),
  );
}

const all = { trainClasses: 'all', seed: 1 } as const;
const tracksOf = (samples: Sample[], indices: number[]) =>
  [...new Set(indices.map((index) => samples[index]!.track))].sort();
const perClass = (samples: Sample[], indices: number[], classes: number) =>
  Array.from({ length: classes }, (_, id) => indices.filter((index) => samples[index]!.label === id).length);

function isPartition(samples: Sample[], { train, validation }: { train: number[]; validation: number[] }) {
  expect([...train, ...validation].sort((a, b) => a - b)).toEqual(samples.map((_, index) => index));
}

describe('track-first', () => {
  it("holds out what the notebook's rule holds out", () => {
    const tracks = [7, 15, 5, 4, 50];
    const samples = tracked(tracks.map((count) => new Array<number>(count).fill(30)));
    const split = splitSamples(samples, { method: 'track-first', fraction: 0.2 }, { ...all, classes: 5 });
    isPartition(samples, split);
    // Python: [int(n * 30 // 30 * 0.2) * 30 for n in (7, 15, 5, 4, 50)]
    expect(perClass(samples, split.validation, 5)).toEqual([30, 90, 30, 0, 300]);
    expect(tracksOf(samples, split.validation).slice(0, 4)).toEqual([
      '00000/00000',
      '00001/00000',
      '00001/00001',
      '00001/00002',
    ]);
  });

  it('never cuts a track: the border moves down to its start', () => {
    const samples = tracked([
      [29, 30, 30, 30, 30, 30, 30, 30, 30, 30],
      [30, 30, 30, 30, 29, 30, 30, 30, 30, 30],
    ]);
    const split = splitSamples(samples, { method: 'track-first', fraction: 0.25 }, { ...all, classes: 2 });
    isPartition(samples, split);
    // 299 images: int(9 * 0.25) * 30 = 60, which would cut the first class's third track after one frame.
    expect(perClass(samples, split.validation, 2)).toEqual([59, 60]);
  });

  it('keeps tracks together whose frames are not neighbours in order of key', () => {
    const samples = Array.from({ length: 60 }, (_, at) => ({
      key: `${100 + at}.png`,
      label: at % 2,
      track: `${at % 2}/${at % 6}`,
      hash: '',
    }));
    const split = splitSamples(samples, { method: 'track-first', fraction: 0.99 }, { ...all, classes: 2 });
    expect(split.validation).toEqual([]);
    const more = splitSamples(
      [...samples, ...samples.map((sample) => ({ ...sample, key: `x${sample.key}` }))],
      { method: 'track-first', fraction: 0.5 },
      { ...all, classes: 2 },
    );
    expect(perClass([...samples, ...samples], more.validation, 2)).toEqual([20, 20]);
  });
});

describe('track-random', () => {
  const samples = tracked([[30, 30, 30, 30, 30], [30], [30, 30], new Array<number>(20).fill(3)]);
  const split = (seed: number) =>
    splitSamples(samples, { method: 'track-random', fraction: 0.2 }, { ...all, classes: 4, seed });

  it('draws whole tracks: one at least, never all', () => {
    for (const seed of [1, 2, 3]) {
      isPartition(samples, split(seed));
      expect(perClass(samples, split(seed).validation, 4)).toEqual([30, 0, 30, 12]);
      const both = tracksOf(samples, split(seed).train).filter((track) =>
        tracksOf(samples, split(seed).validation).includes(track),
      );
      expect(both).toEqual([]);
    }
  });

  it('takes a track of more images than a call has room for arguments', () => {
    const long = tracked([[130_000, 1], [1]]);
    isPartition(long, splitSamples(long, { method: 'track-random', fraction: 0.2 }, { ...all, classes: 2 }));
  });

  it('depends on the seed and on nothing else', () => {
    expect(split(7)).toEqual(split(7));
    expect(new Set([1, 2, 3, 4, 5].map((seed) => JSON.stringify(split(seed)))).size).toBe(5);
    const turned = [...samples].reverse();
    const other = splitSamples(
      turned,
      { method: 'track-random', fraction: 0.2 },
      { ...all, classes: 4, seed: 7 },
    );
    expect(tracksOf(turned, other.validation)).toEqual(tracksOf(samples, split(7).validation));
  });

  it('draws every track now and then', () => {
    const drawn = new Set(
      Array.from({ length: 60 }, (_, seed) => tracksOf(samples, split(seed).validation)[0]),
    );
    expect(drawn.size).toBe(5);
  });
});

describe('stratified and all', () => {
  it('draws images per class, and serves where there are no tracks', () => {
    const samples = loose([100, 10, 2, 1]);
    const split = splitSamples(samples, { method: 'stratified', fraction: 0.2 }, { ...all, classes: 4 });
    isPartition(samples, split);
    expect(perClass(samples, split.validation, 4)).toEqual([20, 2, 1, 0]);
    for (const method of ['track-first', 'track-random'] as const) {
      expect(splitSamples(samples, { method, fraction: 0.2 }, { ...all, classes: 4 })).toEqual(split);
    }
  });

  it('ignores tracks when asked for images', () => {
    const samples = tracked([
      [30, 30],
      [30, 30],
    ]);
    const split = splitSamples(samples, { method: 'stratified', fraction: 0.5 }, { ...all, classes: 2 });
    expect(perClass(samples, split.validation, 2)).toEqual([30, 30]);
    expect(tracksOf(samples, split.validation)).toHaveLength(4);
  });

  it('holds nothing out for final training', () => {
    const samples = tracked([[30], [30]]);
    expect(splitSamples(samples, { method: 'all', fraction: 0.2 }, { ...all, classes: 2 })).toEqual({
      train: samples.map((_, i) => i),
      validation: [],
    });
  });
});

describe('chosen classes', () => {
  const samples = loose([10, 10, 10, 0]);
  const choose = (trainClasses: number[]) =>
    splitSamples(samples, { method: 'stratified', fraction: 0.2 }, { trainClasses, classes: 4, seed: 1 });

  it('leaves the others out of both sides and changes nothing for those that stay', () => {
    const { train, validation } = choose([2, 0]);
    expect(perClass(samples, train, 4)).toEqual([8, 0, 8, 0]);
    const whole = splitSamples(samples, { method: 'stratified', fraction: 0.2 }, { ...all, classes: 4 });
    expect(validation).toEqual(whole.validation.filter((index) => samples[index]!.label !== 1));
  });

  it.each([
    [[0, 4], /Class 4 is not/],
    [[-1, 0], /Class -1/],
  ])('refuses %j', (classes, says) => {
    expect(() => choose(classes)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(says) as string }),
    );
  });
});

describe('holding out a test part', () => {
  it('takes whole tracks, images where there are none, and keeps the order', () => {
    const samples = [
      ...tracked([
        [30, 30, 30, 30, 30],
        [5, 5],
      ]),
      ...loose([0, 0, 10]),
    ];
    const { train, test } = holdOutTest(samples, 0.2, 3);
    expect(test.length).toBe(30 + 5 + 2);
    expect(samples.filter((sample) => !test.includes(sample))).toEqual(train);
    expect(samples.filter((sample) => test.includes(sample))).toEqual(test);
    const tracks = new Set(test.flatMap(({ track }) => track ?? []));
    expect(train.some(({ track }) => track !== null && tracks.has(track))).toBe(false);
    expect(holdOutTest(samples, 0.2, 3)).toEqual({ train, test });
  });
});
