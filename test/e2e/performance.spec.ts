import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CDPSession, Page } from '@playwright/test';
import { answerSweeps, drawnFolder, drawnSweep } from './support/drawn-sweep.ts';
import { showRun, shownPoints } from './support/run-screen.ts';
import { expect, open, pageUrl, test, type SharedStudio } from './support/studio.ts';
import { type Latencies, readsOf, timed, trainHard } from './support/under-load.ts';

// At a second try, too, it is the window that is measured, not the pictures that a trace takes all the time.
// As most people see it: with animations.
test.use({ trace: 'off', contextOptions: { reducedMotion: 'no-preference' } });

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
  kind: 'scroll' | 'zoom' | 'move' | 'hover';
  x: number;
  y: number;
  /** What is scrolled; the page where nothing is given. */
  scroller?: string;
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
    ({ work: { kind, x, y, scroller = 'main' }, count: all }) =>
      new Promise<{ gaps: number[]; moved: boolean; drawn: number }>((resolve) => {
        const main = document.querySelector(scroller)!;
        const place = document.elementFromPoint(x, y)!;
        // A chart without one shows by its drawing that it moves.
        const reset = document.querySelector<HTMLButtonElement>('[data-testid="zoom-reset"]');
        const times: number[] = [];
        let isMoved = false;
        // Every drawing of a chart begins with an empty canvas.
        const chart = place.closest('[data-testid^="chart-"], [data-testid="sweep-scatter"]');
        const canvas = chart?.querySelector('canvas');
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
          if (times.length === all / 2)
            isMoved =
              kind === 'scroll'
                ? main.scrollTop > 0
                : kind === 'hover' || (reset ? !reset.disabled : cleared > 0);
          const sign = times.length <= all / 2 ? 1 : -1;
          if (kind === 'scroll') main.scrollBy(0, 15 * sign);
          else if (kind === 'hover') {
            const clientX = x + (times.length % 90) - 45;
            place.dispatchEvent(new MouseEvent('mousemove', { bubbles: true, clientX, clientY: y }));
          } else {
            const isZoom = kind === 'zoom';
            // ECharts' own zoom reads wheelDelta, which an event that is made has with the sign of deltaY.
            const turn = reset ? sign : -sign;
            place.dispatchEvent(
              new WheelEvent('wheel', {
                ...{ bubbles: true, cancelable: true, clientX: x, clientY: y, ctrlKey: isZoom },
                ...(isZoom ? { deltaY: -20 * turn } : { deltaX: 10 * sign }),
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

/** The best of up to three: on a machine that is shared, others take cores away for seconds, and only the window is of interest. */
async function undisturbed(page: Page, work: Work): Promise<Frames> {
  let best = await frames(page, work);
  for (let again = 0; again < 2 && best.median > fluent; again++) {
    const next = await frames(page, work);
    if (next.median < best.median) best = next;
  }
  return best;
}

const show = (name: string, { median, mean, p95, count, drawn }: Frames): string =>
  `${name}: median ${median} ms (${(1000 / median).toFixed(0)} fps), mean ${mean} ms, 95th percentile ${p95} ms, ${count} frames, chart drawn in ${drawn}`;

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

test('the table and the scatter of a sweep with 10,000 members scroll and zoom fluently', async ({
  studio,
  page,
}) => {
  const { status, table } = drawnSweep(10_000);
  await answerSweeps(page, { status: () => status, table: () => table });
  await open(page, studio, '/sweep', { sweep: drawnFolder });
  const settings = page.getByTestId('setting-table');
  await settings.scrollIntoViewIfNeeded();
  await expect(page.getByTestId('setting-row').first()).toBeVisible();
  const rows = await page.getByTestId('setting-row').count();
  const scroller = '[data-testid="setting-table"]';
  const place = (await settings.boundingBox())!;
  const middle = { x: place.x + place.width / 2, y: place.y + place.height / 2 };
  const scrolling = await undisturbed(page, { kind: 'scroll', scroller, ...middle });

  const scatter = page.getByTestId('sweep-scatter').locator('canvas').first();
  await scatter.scrollIntoViewIfNeeded();
  // What is drawn in parts is there by then, and nothing moves any more.
  await page.waitForTimeout(1000);
  const box = (await scatter.boundingBox())!;
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const zooming = await undisturbed(page, { kind: 'zoom', ...at });
  const hovering = await undisturbed(page, { kind: 'hover', ...at });
  console.log(
    [
      `${rows} of 10,000 rows are in the page`,
      show('scrolling the table', scrolling),
      show('zooming the scatter', zooming),
      show('pointing in the scatter', hovering),
    ].join('\n'),
  );
  expect(rows).toBeLessThan(100);
  expect(scrolling.median).toBeLessThanOrEqual(fluent);
  expect(zooming.median).toBeLessThanOrEqual(fluent);
  expect(hovering.median).toBeLessThanOrEqual(fluent);
});

/** All that was asked for with DISTILL_LOAD=1, else enough to notice where something waits for a training. */
const isThorough = process.env['DISTILL_LOAD'] !== undefined;
const reads = isThorough ? 200 : 30;
/** How often a screen is opened at most; once is enough where it is there in time. */
const rounds = 3;
/** Milliseconds that are wanted, and how many times as long it may take on a machine that does other things as well. */
const wanted = { median: 100, p99: 500, library: 1000, screen: 1500 };
const generous = 5;

/** Milliseconds until a screen shows what it is for, as a browser that opens it finds it. */
async function shownAfter(page: Page, address: string, testId: string): Promise<number> {
  const start = performance.now();
  await page.goto(address);
  await expect(page.getByTestId(testId).first()).toBeVisible();
  return Math.round(performance.now() - start);
}

test('while a ResNet-18 trains on every core, reads are answered and screens are there', async ({
  studio,
  page,
}) => {
  test.slow();
  const atWork = await trainHard(studio);
  try {
    await open(page, studio, '/library');
    const figures = new Map<string, Latencies>();
    for (const [name, read] of Object.entries(readsOf(studio, atWork))) {
      figures.set(name, await timed(reads, read));
      console.log(
        `${name}: median ${figures.get(name)!.median} ms, 99th percentile ${figures.get(name)!.p99} ms`,
      );
    }
    const screens: Record<string, { address: string; testId: string; limit: number }> = {
      Library: { address: pageUrl(studio, '/library'), testId: 'run-row', limit: wanted.library },
      'Run at work': {
        ...{ address: pageUrl(studio, '/run', { folder: atWork }), testId: 'run-progress' },
        limit: wanted.screen,
      },
      Run: {
        ...{ address: pageUrl(studio, '/run', { folder: studio.run }), testId: 'open-evaluation' },
        limit: wanted.screen,
      },
      Evaluation: {
        ...{ address: pageUrl(studio, '/evaluation', { folder: studio.run }), testId: 'evaluation' },
        limit: wanted.screen,
      },
      Try: {
        ...{ address: pageUrl(studio, '/try', { folder: studio.run }), testId: 'drop-zone' },
        limit: wanted.screen,
      },
      Export: {
        ...{ address: pageUrl(studio, '/export', { folder: studio.run }), testId: 'export' },
        limit: wanted.screen,
      },
    };
    const best = new Map<string, number>();
    for (const [name, { address, testId, limit }] of Object.entries(screens)) {
      const times: number[] = [];
      const isInTime = () => Math.min(...times) < generous * limit;
      while (times.length < rounds && (isThorough || !isInTime()))
        times.push(await shownAfter(page, address, testId));
      best.set(name, Math.min(...times));
      console.log(`${name} is shown after ${times.join(', ')} ms`);
    }
    expect((await studio.engine.runs.details({ folder: atWork })).summary.state).toBe('running');
    for (const [name, { median, p99 }] of figures) {
      expect(median, name).toBeLessThan(generous * wanted.median);
      expect(p99, name).toBeLessThan(generous * wanted.p99);
    }
    for (const [name, { limit }] of Object.entries(screens))
      expect(best.get(name), name).toBeLessThan(generous * limit);
  } finally {
    await studio.engine.runs.stop({ folder: atWork });
    await studio.engine.runs.wait({ folder: atWork });
    rmSync(atWork, { recursive: true, force: true });
  }
});
