import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  outputDir: '../../dist/desktop-test',
  workers: 1,
  // Drawing the sample and a run, on machines of any speed.
  timeout: 600_000,
  expect: { timeout: 30_000 },
  reporter: [
    ['list'],
    ['json', { outputFile: process.env['E2E_REPORT'] ?? '../../dist/desktop-test/report.json' }],
  ],
});
