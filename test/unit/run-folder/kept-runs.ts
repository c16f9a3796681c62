import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import type { CallContext } from '../../../electron/contract/method.ts';
import { temporaryFolder } from './support.ts';

export const context: CallContext = { signal: new AbortController().signal, progress: () => undefined };

/** A home folder of its own for each test. */
export function useHome(): { readonly folder: string } {
  const home = { folder: '' };
  beforeEach(() => {
    home.folder = path.join(temporaryFolder(), 'home');
    vi.stubEnv('DISTILL_HOME', home.folder);
  });
  afterEach(() => void vi.unstubAllEnvs());
  return home;
}

/** A file of so many bytes, its folder made. */
export function fill(file: string, bytes: number): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, Buffer.alloc(bytes));
}
