/**
 * Everything that must hold: types, lint, format, package, tests, conformance, the window. The checks of the sources take what
 * the tests leave of the machine. Ends with 'N passed, N failed'.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '../test/e2e/support/paths.ts';
import { ended, npm } from './npm.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };

function add({ passed = 0, failed = 0, skipped = 0 }: Partial<Counts>): void {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(0);

interface How {
  /** Whether it gives way to whatever else there is to do. */
  isPatient?: boolean;
  /** Whether its output is kept and printed at its end. */
  isCaptured?: boolean;
}

/** Runs npm with arguments. */
async function run(
  title: string,
  args: string[],
  { isPatient = false, isCaptured = isPatient }: How = {},
): Promise<{ ok: boolean; output: string }> {
  if (!isCaptured) console.log(`\n== ${title}`);
  const started = performance.now();
  const child = npm(args, isCaptured ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit']);
  if (isPatient && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const { output, status } = await ended(child);
  if (isCaptured) console.log(`\n== ${title}\n${output}`);
  const ok = status === 0;
  console.log(`== ${title}: ${ok ? 'passed' : 'FAILED'} in ${seconds(started)} s`);
  return { ok, output };
}

const script = (title: string, name: string, how?: How) => run(title, ['run', '--silent', name], how);

/** A script of package.json that counts as one test. */
async function check(title: string, name: string): Promise<void> {
  const { ok } = await script(title, name, { isPatient: true });
  add(ok ? { passed: 1 } : { failed: 1 });
}

/** Adds what a runner wrote down; a file that does not even load fails no test of its own. */
function addReport(ok: boolean, read: () => Counts): void {
  try {
    const counts = read();
    add(counts);
    if (!ok && counts.failed === 0) add({ failed: 1 });
  } catch {
    add({ failed: 1 });
  }
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  /** Milliseconds since 1970. */
  testResults: { name: string; startTime: number; endTime: number }[];
}

async function tests(folder: string): Promise<void> {
  const file = path.join(folder, 'vitest.json');
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`];
  const { ok } = await run('tests', ['exec', '--no', '--', 'vitest', 'run', ...reporters]);
  addReport(ok, () => {
    const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
    console.log(`Slowest files:\n${slowest(report).join('\n')}`);
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests,
    };
  });
}

/** Where a suite's minutes go, so that whoever wants them back knows where to look. */
function slowest({ testResults }: VitestReport): string[] {
  const files = testResults.map(({ name, startTime, endTime }) => ({
    file: path.relative(process.cwd(), name),
    seconds: (endTime - startTime) / 1000,
  }));
  return files
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 20)
    .map(({ file, seconds }) => `${seconds.toFixed(0).padStart(5)} s  ${file}`);
}

async function conformance(): Promise<void> {
  const { ok, output } = await script("tfjs-core's own specs", 'test:conformance', { isPatient: true });
  addReport(ok, () => {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const lines = /^tfjs-core .*: (\d+) passed, (\d+) failed, (\d+) pending$/gm;
    for (const [, passed, failed, pending] of output.matchAll(lines)) {
      counts.passed += Number(passed);
      counts.failed += Number(failed);
      counts.skipped += Number(pending);
    }
    return counts;
  });
}

/** Tests that Playwright runs, by their script in package.json. */
async function playwright(title: string, name: string, folder: string): Promise<void> {
  const file = path.join(folder, 'playwright.json');
  process.env['E2E_REPORT'] = file;
  const { ok } = await script(title, name);
  addReport(ok, () => {
    const { stats } = JSON.parse(readFileSync(file, 'utf8')) as { stats: Record<string, number> };
    const flaky = stats['flaky'] ?? 0;
    if (flaky > 0) console.log(`== ${title}: ${flaky} passed only at the second try`);
    return {
      passed: (stats['expected'] ?? 0) + flaky,
      failed: stats['unexpected'] ?? 0,
      skipped: stats['skipped'] ?? 0,
    };
  });
  rmSync(file, { force: true });
}

/** The window in a browser, where there is one. */
async function endToEnd(folder: string): Promise<void> {
  if (chromium !== undefined) {
    await playwright('end to end', 'test:e2e', folder);
    return;
  }
  console.log(
    '\n== end to end: skipped, no Chromium here (apt-get install chromium, or CHROMIUM=<its path>)',
  );
  add({ skipped: 1 });
}

const folder = mkdtempSync(path.join(tmpdir(), 'distill-test-'));
// Processes that are started over and over find compiled what the first of them loaded.
process.env['NODE_COMPILE_CACHE'] = path.join(folder, 'compiled');
const began = performance.now();
try {
  // Some tests run what is built, which must not change under them. What fails here fails in the types' check, too.
  await script('build', 'build:node');
  const checks = Promise.all([
    check('lint', 'lint').then(conformance),
    check('types', 'typecheck')
      .then(() => check('package', 'check:package'))
      .then(() => check('format', 'format:check')),
  ]);
  await tests(folder);
  // Frames are counted last, long after the checks of the sources.
  await endToEnd(folder);
  await checks;
  await playwright('desktop app', 'test:desktop', folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(
  `\n${total.skipped} skipped (reference files, a browser or Electron are missing, or tfjs-core leaves them out)`,
);
console.log(`${seconds(began)} s in all`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
