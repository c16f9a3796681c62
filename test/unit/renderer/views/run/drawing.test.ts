import { describe, expect, it } from 'vitest';
import { Redraws } from '../../../../../renderer/views/run/redraws.ts';
import { Smoothed } from '../../../../../renderer/run/smooth.ts';
import { StepColumns } from '../../../../../renderer/run/step-columns.ts';
import { thin } from '../../../../../renderer/run/thin.ts';
import {
  panWindow,
  resolveWindow,
  windowOf,
  windowShares,
  zoomWindow,
} from '../../../../../renderer/views/run/view-window.ts';
import { tableOfSteps, stepEvent } from '../../../../support/run-events.ts';

function columnsOf(losses: number[]): StepColumns {
  const columns = new StepColumns();
  const steps = losses.map((_, i) => i + 1);
  columns.load(tableOfSteps(steps, 10, (i) => ({ labelLoss: losses[i]! })));
  return columns;
}

describe('Smoothed', () => {
  it('is the weighted mean of all that came before, newest most', () => {
    const values = [3, 1, 4, 1, 5];
    const got = new Smoothed(0.8).of(columnsOf(values), 'labelLoss');
    // By the definition: sum of 0.8^age * value over sum of 0.8^age.
    const expected = values.map((_, n) => {
      const weights = values.slice(0, n + 1).map((__, i) => 0.8 ** (n - i));
      return (
        weights.reduce((sum, weight, i) => sum + weight * values[i]!, 0) / weights.reduce((a, b) => a + b, 0)
      );
    });
    for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 12);
  });

  it('passes over what is missing', () => {
    const got = new Smoothed(0.5).of(columnsOf([2, NaN, 2]), 'labelLoss');
    expect([...got]).toEqual([2, NaN, 2]);
  });

  it('goes on where it stopped, and begins anew after a rewrite', () => {
    const columns = columnsOf([1, 2, 3]);
    const smoothed = new Smoothed(0.9);
    smoothed.of(columns, 'labelLoss');
    columns.append(stepEvent({ step: 2, labelLoss: 7 }));
    const fresh = new Smoothed(0.9).of(columns, 'labelLoss');
    expect([...smoothed.of(columns, 'labelLoss')]).toEqual([...fresh]);
  });
});

const pairs = (flat: Float64Array) =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);

describe('thin', () => {
  const x = Float64Array.from({ length: 100_000 }, (_, i) => i);

  it('keeps every peak of a hundred thousand points in a few for each pixel', () => {
    const y = x.map((value) => Math.sin(value / 1000));
    y[54_321] = 9;
    y[54_322] = -9;
    const points = pairs(thin(x, y, { from: 0, to: 100_000, buckets: 400 }));
    expect(points.length).toBeLessThanOrEqual(2 * 400 + 2);
    expect(points).toContainEqual([54_321, 9]);
    expect(points).toContainEqual([54_322, -9]);
    const xs = points.map((point) => point[0]!);
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
    expect([xs[0], xs.at(-1)]).toEqual([0, 99_999]);
  });

  it('gives every point where few are in view, and a neighbour on each side', () => {
    const points = pairs(thin(x, x, { from: 10.5, to: 13.5, buckets: 400 }));
    expect(points.map(([at]) => at)).toEqual([10, 11, 12, 13, 14]);
  });

  it('leaves a gap where there is no figure', () => {
    const y = Float64Array.of(1, NaN, -3, 4);
    expect(pairs(thin(x.subarray(0, 4), y, { from: 0, to: 3, buckets: 100 }))).toEqual([
      [0, 1],
      [1, NaN],
      [2, -3],
      [3, 4],
    ]);
    const positive = thin(x.subarray(0, 4), y, { from: 0, to: 3, buckets: 100, positive: true });
    expect(pairs(positive)[2]).toEqual([2, NaN]);
  });

  it('has nothing to draw of nothing', () => {
    expect(thin([], [], { from: 0, to: 1, buckets: 10 })).toHaveLength(0);
  });
});

describe('the shown part', () => {
  const extent = { min: 0, max: 1000 };

  it('zooms about the pointer', () => {
    expect(zoomWindow(null, extent, 250, 0.5)).toEqual({ from: 125, to: 625 });
  });

  it('is everything again when zoomed out', () => {
    expect(zoomWindow({ from: 125, to: 625 }, extent, 300, 4)).toBeNull();
  });

  it('follows the end as it grows', () => {
    const window = zoomWindow(null, extent, 1000, 0.1);
    expect(window).toEqual({ from: 900, to: Infinity });
    expect(resolveWindow(window, { min: 0, max: 1200 })).toEqual({ from: 900, to: 1200 });
  });

  it('cannot be moved past its ends or be made narrower than a pixel is worth', () => {
    expect(panWindow({ from: 100, to: 200 }, extent, -500)).toEqual({ from: 0, to: 100 });
    let window = zoomWindow(null, extent, 500, 1e-9);
    const { from, to } = resolveWindow(window, extent);
    expect(to - from).toBeGreaterThan(0);
    window = panWindow(window, extent, 1e9);
    expect(resolveWindow(window, extent).to).toBe(1000);
  });

  it('is the same as shares and back', () => {
    const window = { from: 200, to: 700 };
    expect(windowShares(window, extent)).toEqual([0.2, 0.7]);
    expect(windowOf([0.2, 0.7], extent)).toEqual(window);
    expect(windowOf([0, 1], extent)).toBeNull();
  });
});

describe('Redraws', () => {
  /** Frames and a clock by hand; every drawing takes `cost` milliseconds. */
  function byHand(cost: { milliseconds: number }) {
    const frames: (() => void)[] = [];
    const clock = { now: 0, frame: 0, interval: 16 };
    const redraws = new Redraws(
      (callback) => frames.push(() => callback((clock.frame += clock.interval))),
      () => clock.now,
    );
    const owners = ['a', 'b', 'c'].map((name) => ({ name }));
    let drawn = '';
    const request = (index: number, shown: string) =>
      redraws.request(owners[index]!, () => {
        drawn += shown;
        clock.now += cost.milliseconds;
      });
    const frame = (): string => {
      drawn = '';
      frames.shift()!();
      return drawn;
    };
    const requestAll = () => owners.forEach(({ name }, i) => request(i, name));
    return { redraws, owners, frames, clock, request, requestAll, frame };
  }

  it('draws each chart once, the longest waiting first, as many as a frame has time for', () => {
    const { frames, request, requestAll, frame } = byHand({ milliseconds: 3 });
    requestAll();
    request(0, 'A');
    expect(frames).toHaveLength(1);
    expect(frame()).toBe('Ab');
    expect(frame()).toBe('c');
    expect(frames).toHaveLength(0);
  });

  it('draws one where the window lags, and all where they are cheap', () => {
    const { clock, requestAll, frame } = byHand({ milliseconds: 1 });
    requestAll();
    expect(frame()).toBe('abc');
    clock.interval = 40;
    requestAll();
    expect(frame()).toBe('a');
  });

  it('draws the one that is worked on first, and lets the others have their turns', () => {
    const cost = { milliseconds: 3 };
    const { redraws, owners, requestAll, frame } = byHand(cost);
    redraws.favour(owners[2]!);
    const next = () => {
      requestAll();
      return frame();
    };
    expect([next(), next(), next(), next()]).toEqual(['ca', 'cb', 'ca', 'cb']);
    cost.milliseconds = 9;
    expect([next(), next(), next(), next()]).toEqual(['c', 'a', 'c', 'b']);
  });
});
