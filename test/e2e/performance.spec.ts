import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CDPSession, Page } from '@playwright/test';
import { showRun, shownPoints } from './support/run-screen.ts';
import { expect, test, type SharedStudio } from './support/studio.ts';

// At a second try, too, it is the window that is measured, not the pictures that a trace takes all the time.
test.use({ trace: 'off' });

const points = 100_000;
/** Milliseconds of a frame at 50 frames a second. */
const fluent = 20;

/** A completed run with as many steps as a month of training has. */
function longRun({ run, runs }: SharedStudio): string {
  const folder = path.join(runs, 'long-run');
  cpSync(run, folder, { recursive: true });
  const file = path.join(folder, 'metrics.jsonl');
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const kinds = lines.map(
    (line) => JSON.parse(line) as Record<string, unknown> & { type: string; role: string },
  );
  const steps = 200;
  const epochs = points / 2 / steps;
  const written: string[] = [];
  for (const role of ['teacher', 'student']) {
    const step = kinds.find((one) => one.type === 'step' && one.role === role)!;
    const epoch = kinds.find((one) => one.type === 'epoch' && one.role === role)!;
    for (let e = 1; e <= epochs; e++) {
      for (let s = 1; s <= steps; s++) {
        const done = (e - 1 + s / steps) / epochs;
        // A loss that falls and shakes, as losses do; by a formula, so that each run draws the same.
        const labelLoss =
          3 * Math.exp(-4 * done) + 0.2 * Math.abs(Math.sin(12.9898 * (e * steps + s)) * 43.758);
        const learningRate = 0.004 * Math.sin(Math.PI * done) + 1e-6;
        written.push(
          JSON.stringify({
            ...step,
            epoch: e,
            epochs,
            step: s,
            steps,
            labelLoss,
            loss: labelLoss,
            learningRate,
          }),
        );
      }
      written.push(JSON.stringify({ ...epoch, epoch: e, epochs }));
    }
  }
  writeFileSync(file, `${written.join('\n')}\n`);
  return folder;
}

/** What happens in each frame, at a place of the window. */
interface Work {
  kind: 'scroll' | 'zoom' | 'move';
  x: number;
  y: number;
}

/** Milliseconds between frames. */
interface Frames {
  median: number;
  mean: number;
  p95: number;
  count: number;
  /** How often the chart at that place was drawn. */
  drawn: number;
}

/** Does something in every frame for a while. */
async function frames(page: Page, work: Work, count = 180): Promise<Frames> {
  const { gaps, moved, drawn } = await page.evaluate(
    ({ work: { kind, x, y }, count: all }) =>
      new Promise<{ gaps: number[]; moved: boolean; drawn: number }>((resolve) => {
        const main = document.querySelector('main')!;
        const place = document.elementFromPoint(x, y)!;
        const reset = document.querySelector<HTMLButtonElement>('[data-testid="zoom-reset"]')!;
        const times: number[] = [];
        let isMoved = false;
        // Every drawing of a chart begins with an empty canvas.
        const canvas = place.closest('[data-testid^="chart-"]')?.querySelector('canvas');
        const contexts = CanvasRenderingContext2D.prototype as {
          clearRect: (this: CanvasRenderingContext2D, ...area: [number, number, number, number]) => void;
        };
        const { clearRect } = contexts;
        let cleared = 0;
        contexts.clearRect = function (...area) {
          if (this.canvas === canvas) cleared++;
          clearRect.apply(this, area);
        };
        const next = (time: number) => {
          times.push(time);
          if (times.length > all) {
            contexts.clearRect = clearRect;
            const between = times.slice(1).map((later, i) => later - times[i]!);
            resolve({ gaps: between, moved: isMoved, drawn: cleared });
            return;
          }
          // Half way: there and back again ends where it began.
          if (times.length === all / 2) isMoved = kind === 'scroll' ? main.scrollTop > 0 : !reset.disabled;
          const sign = times.length <= all / 2 ? 1 : -1;
          if (kind === 'scroll') main.scrollBy(0, 15 * sign);
          else {
            const isZoom = kind === 'zoom';
            place.dispatchEvent(
              new WheelEvent('wheel', {
                ...{ bubbles: true, cancelable: true, clientX: x, clientY: y, ctrlKey: isZoom },
                ...(isZoom ? { deltaY: -20 * sign } : { deltaX: 10 * sign }),
              }),
            );
          }
          requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      }),
    { work, count },
  );
  expect(moved, work.kind).toBe(true);
  const sorted = gaps.sort((p, q) => p - q);
  const at = (share: number) => Number(sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(1));
  const mean = Number((gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toFixed(1));
  return { median: at(0.5), mean, p95: at(0.95), count: sorted.length, drawn };
}

/** The best of up to three: on a machine that is shared, others take cores away for seconds, and only the window is judged. */
async function undisturbed(page: Page, work: Work): Promise<Frames> {
  let best = await frames(page, work);
  for (let again = 0; again < 2 && best.median > fluent; again++) {
    const next = await frames(page, work);
    if (next.median < best.median) best = next;
  }
  return best;
}

/** With the typed arrays that hold the points. */
async function heapBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const usage: { usedSize: number; backingStorageSize?: number } = await session.send('Runtime.getHeapUsage');
  return usage.usedSize + usage.backingStorageSize!;
}

test(`${points.toLocaleString('en')} points scroll and zoom fluently, in bounded memory`, async ({
  studio,
  page,
}) => {
  const folder = longRun(studio);
  try {
    await showRun(page, studio, folder);
    await expect.poll(() => shownPoints(page), { timeout: 60_000 }).toBe(points);
    const chart = page.getByTestId('chart-label-loss');
    await expect(chart.locator('canvas')).toBeVisible();
    const session = await page.context().newCDPSession(page);
    await page.waitForTimeout(1000);
    const before = await heapBytes(session);

    const scrolling = await undisturbed(page, { kind: 'scroll', x: 640, y: 400 });
    await chart.scrollIntoViewIfNeeded();
    const box = (await chart.locator('canvas').boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const zooming = await undisturbed(page, { kind: 'zoom', x, y });
    // A real wheel, as well: the part that is shown becomes smaller, and can be moved.
    await expect(page.getByTestId('zoom-reset')).toBeDisabled();
    await page.mouse.move(x, y);
    await page.keyboard.down('Control');
    for (let i = 0; i < 8; i++) await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await expect(page.getByTestId('zoom-reset')).toBeEnabled();
    const moving = await undisturbed(page, { kind: 'move', x, y });
    for (let round = 0; round < 2; round++) await frames(page, { kind: 'zoom', x, y });
    const after = await heapBytes(session);

    const show = (name: string, { median, mean, p95, count, drawn }: Frames) =>
      `${name}: median ${median} ms (${(1000 / median).toFixed(0)} fps), mean ${mean} ms, 95th percentile ${p95} ms, ${count} frames, chart drawn in ${drawn}`;
    console.log(
      [
        show('scrolling', scrolling),
        show('zooming', zooming),
        show('moving', moving),
        `heap: ${(before / 1e6).toFixed(1)} MB, after more than 900 frames ${(after / 1e6).toFixed(1)} MB`,
      ].join('\n'),
    );
    expect(scrolling.median).toBeLessThanOrEqual(fluent);
    expect(zooming.median).toBeLessThanOrEqual(fluent);
    expect(moving.median).toBeLessThanOrEqual(fluent);
    // Charts take turns; the one that is worked on has every other turn at least.
    for (const { drawn, count } of [zooming, moving]) expect(drawn).toBeGreaterThan(0.4 * count);
    expect(after).toBeLessThan(Math.max(1.2 * before, before + 10e6));
    expect(after).toBeLessThan(150e6);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
