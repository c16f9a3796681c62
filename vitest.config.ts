import { defineConfig } from 'vitest/config';

/** Folders of unit tests that compute nothing: their files share a process, whose start would take longer than they do. */
const shared = ['cli', 'evaluate', 'host', 'main', 'packaging', 'recipes', 'renderer', 'server', 'workflows'];
const sharedFiles = shared.map((folder) => `test/unit/${folder}/**/*.test.ts`);

const project = (name: string, testTimeout: number, include = [`test/${name}/**/*.test.ts`]) => ({
  test: {
    name,
    include,
    exclude: name === 'unit' ? sharedFiles : [],
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
      {
        test: {
          ...project('unit-shared', 30_000, sharedFiles).test,
          isolate: false,
          setupFiles: ['test/support/real-timers.ts'],
        },
      },
      project('contract', 30_000),
      project('parity', 120_000),
      project('integration', 300_000),
    ],
  },
});
