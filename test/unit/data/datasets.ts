import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import type { CallContext } from '../../../electron/contract/method.ts';
import { datasetHandlers } from '../../../electron/engine/worker/dataset.ts';
import { OpenDatasets } from '../../../electron/engine/data/open-datasets.ts';
import { drawSample } from '../../../electron/engine/data/sample/draw.ts';

export const quiet = (signal: AbortSignal = new AbortController().signal): CallContext => ({
  signal,
  progress: () => undefined,
});

/** The drawn sample, of three classes with two tracks each, once for a file's tests. */
export function sampleFolder(): () => Promise<string> {
  const parent = mkdtempSync(path.join(tmpdir(), 'distill-preview-'));
  afterAll(() => rmSync(parent, { recursive: true, force: true }));
  let drawn: Promise<string> | null = null;
  const draw = async () => {
    const folder = path.join(parent, 'sample');
    await drawSample(folder, { seed: 1, tracksPerClass: 3, testPerClass: 2, classes: [1, 14, 38] });
    return folder;
  };
  return () => (drawn ??= draw());
}

export function previews() {
  const datasets = new OpenDatasets();
  onTestFinished(() => datasets.close());
  return { datasets, ...datasetHandlers(datasets) };
}
