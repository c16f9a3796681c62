import { defineConfig } from '@playwright/test';
import { chromium } from './support/paths.ts';

export default defineConfig({
  testDir: '.',
  outputDir: '../../dist/e2e',
  globalSetup: './support/global-setup.ts',
  // Most tests wait for a page more than they compute; the one that measures frames has the machine to itself.
  workers: 3,
  projects: [
    // One page for all tests of a worker, emptied in between: a new one would cost each of them a second of processor time.
    { name: 'window', testIgnore: '**/performance.spec.ts', use: { reuseContext: true } },
    { name: 'frames', testMatch: '**/performance.spec.ts', dependencies: ['window'] },
  ],
  fullyParallel: false,
  timeout: 240_000,
  // A browser, a server and an engine share two cores: one stumble is reported as flaky, two are a fault.
  retries: 1,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: process.env['E2E_REPORT'] ?? '../../dist/e2e/report.json' }]],
  use: {
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    // Animations are drawn by the processors here, which have enough to do.
    contextOptions: { reducedMotion: 'reduce' },
    // A trace takes pictures and copies of the page all the time: only where something was amiss.
    trace: 'on-first-retry',
    launchOptions: {
      ...(chromium !== undefined && { executablePath: chromium }),
      args: ['--no-sandbox', '--force-color-profile=srgb', '--font-render-hinting=none'],
    },
  },
});
