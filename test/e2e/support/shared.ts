import { readdirSync } from 'node:fs';
import path from 'node:path';

/** What every test file may read and none may change; made once by global-setup.ts, which leaves its place here. */
export const sharedVariable = 'E2E_SHARED';

const sharedFolder = (): string => {
  const folder = process.env[sharedVariable];
  if (folder === undefined) throw new Error('global-setup.ts did not run.');
  return folder;
};

/** A drawn dataset of `sampleClasses`. */
export const sampleFolder = (): string => path.join(sharedFolder(), 'sample');

/** Signs that look unlike each other. */
export const sampleClasses = [0, 12, 13, 14, 17, 38] as const;
/** Those of them that the completed runs did not train on. */
export const unseenClasses = [17, 38] as const;

/** The folder with the completed runs. */
export const sharedRuns = (): string => path.join(sharedFolder(), 'runs');

/** The folder with the completed sweep. */
export const sharedSweeps = (): string => path.join(sharedFolder(), 'sweeps');

/** The completed sweep's own folder, below `runs`. */
export function completedSweep(runs: string): string {
  const [name] = readdirSync(sharedSweeps());
  if (name === undefined) throw new Error('global-setup.ts made no sweep.');
  return path.join(runs, name);
}

/** A completed run's own folder, below `runs`: the first, or the one that was made with the first one's teacher. */
export function completedRun(runs: string, which: 'first' | 'again' = 'first'): string {
  const isAgain = (name: string) => name.includes('again');
  const name = readdirSync(sharedRuns()).find((one) => isAgain(one) === (which === 'again'));
  if (name === undefined) throw new Error('global-setup.ts made no run.');
  return path.join(runs, name);
}

/** The first test images of the dataset, as files. */
export function testImages(count: number): string[] {
  const folder = path.join(sampleFolder(), 'GTSRB/Final_Test/Images');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ppm'))
    .sort()
    .slice(0, count)
    .map((name) => path.join(folder, name));
}
