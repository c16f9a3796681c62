import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/**
 * Unit tests share processes, whose starts would take longer than most of them do. Those that replace modules or choose among
 * backends have one for each file: what they change would stay for the next.
 */
const alone = [
  'test/unit/backend/**/*.test.ts',
  ...globSync('test/unit/**/*.test.ts').filter((file) => readFileSync(file, 'utf8').includes('vi.mock(')),
];

const project = (name: string, testTimeout: number, include = [`test/${name}/**/*.test.ts`]) => ({
  name,
  include,
  testTimeout,
  hookTimeout: testTimeout,
  // Native addons (ONNX Runtime, libvips) want a process each, not a thread.
  pool: 'forks' as const,
});

export default defineConfig({
  test: {
    // On two cores: files wait for processes, disks and timers in a third of their time.
    maxWorkers: 3,
    projects: [
      { test: project('unit', 120_000, alone) },
      {
        test: {
          ...project('unit-shared', 120_000, ['test/unit/**/*.test.ts']),
          exclude: alone,
          isolate: false,
          setupFiles: ['test/support/real-timers.ts'],
        },
      },
      { test: project('contract', 120_000) },
      { test: project('parity', 120_000) },
      { test: project('integration', 300_000) },
    ],
  },
});
