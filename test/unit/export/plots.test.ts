import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { exportRun } from '../../../electron/engine/export/index.ts';
import { curveFigures } from '../../../electron/engine/export/report/curves.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { classNames } from '../trained/evaluated-run.ts';
import { epochEvent, start, stepEvent, temporaryFolder } from '../run-folder/support.ts';
import { fakeReport } from './fake-run.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A finished run's plots in a folder of their own. */
async function exported() {
  const { recipe, result } = fakeReport(classNames);
  const run = await RunFolder.create(temporaryFolder(), recipe, start());
  await run.setState('running');
  // Steps of less than half a second after the last one are not kept.
  vi.useFakeTimers({ toFake: ['Date'] });
  for (const role of ['teacher', 'student', 'baseline'] as const)
    for (const epoch of [1, 2]) {
      vi.advanceTimersByTime(1000);
      run.append(stepEvent(role, epoch, 100));
      run.append(epochEvent(role, epoch));
    }
  await run.writeResult(result);
  const out = temporaryFolder();
  return {
    result,
    files: (await exportRun(run, ['plots'], out)).files,
    base: path.join(out, path.basename(run.folder)),
  };
}

describe('the figures of a report as files', () => {
  it('are there twice each: what the run has, and nothing else', async () => {
    const { result, files, base } = await exported();
    const trained = ['teacher', 'student', 'baseline'].flatMap((role) => [
      `loss-${role}`,
      `accuracy-${role}`,
    ]);
    const tta = [...new Set(result.tta.map(({ role }) => `tta-${role}`))];
    const names = [...trained, 'schedule', 'class-f1', 'confusion-student', ...tta];
    expect([...files].sort()).toEqual(
      names.flatMap((name) => ['svg', 'png'].map((kind) => `${base}-${name}.${kind}`)).sort(),
    );
  });

  it.each([1, 2, 50])('are the same ones where %i steps of each training were written', (count) => {
    const data = fakeReport(classNames);
    const metrics = data.metrics.filter(({ type }) => type === 'epoch');
    for (const role of ['teacher', 'student', 'baseline'] as const)
      for (let step = 1; step <= count; step++) metrics.push(stepEvent(role, 1, step));
    const names = curveFigures({ ...data, metrics }).map(({ name }) => name);
    expect(names.at(-1)).toBe('schedule');
    expect(names).toHaveLength(7);
  });

  it('are whole drawings that ask for no style sheet and no network', async () => {
    const { files } = await exported();
    for (const file of files.filter((name) => name.endsWith('.svg'))) {
      const svg = readFileSync(file, 'utf8');
      expect(svg).not.toMatch(/var\(|href=|url\((?!#)|undefined|NaN/);
      // librsvg refuses what is not well-formed.
      const { width, height } = await sharp(file).metadata();
      const png = await sharp(file.replace(/svg$/, 'png')).metadata();
      expect([png.format, png.width, png.height]).toEqual(['png', 2 * width, 2 * height]);
    }
  });

  it('show what was counted: a cell for each pair of classes that was met, in its colour', async () => {
    const { result, base } = await exported();
    const svg = readFileSync(`${base}-confusion-student.svg`, 'utf8');
    const { student } = result.confusion;
    const met = student.flatMap((row, label) => row.filter((count, answer) => count > 0 && answer !== label));
    expect(svg.match(/<g class="wrong\d"/g)).toHaveLength(met.length);
    const diagonal = student.map((row, label) => row[label]!).filter((count) => count > 0);
    expect(svg.match(/<g class="right\d"/g)).toHaveLength(diagonal.length);
    // The middle of the first cell, right more than 30 times: #0b64a0 of the style sheet.
    expect(student[0]![0]).toBeGreaterThan(30);
    const [x, y] = [16 + 236 + 17 / 2, 40 + 236 + 17 / 2].map((unit) => Math.round(2 * unit));
    const pixel = await sharp(`${base}-confusion-student.png`)
      .removeAlpha()
      .extract({ left: x!, top: y!, width: 1, height: 1 })
      .raw()
      .toBuffer();
    expect([...pixel]).toEqual([0x0b, 0x64, 0xa0]);
  });
});
