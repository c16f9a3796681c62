import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: testTimeout,
    // Native addons (ONNX Runtime, libvips) want a process each, not a thread.
    pool: 'forks' as const,
  },
});

export default defineConfig({
  test: {
    // Two cores: one file at a time leaves the other core to the workers that the engine itself starts.
    maxWorkers: 2,
    projects: [
      project('unit', 30_000),
      project('contract', 30_000),
      project('parity', 120_000),
      project('integration', 300_000),
    ],
  },
});
