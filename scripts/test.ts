/** Everything that must hold, one after the other: types, lint, format, tests, conformance. Ends with 'N passed, N failed'. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '../test/e2e/support/paths.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };

function add({ passed, failed, skipped }: Counts): void {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

function tellEnd(title: string, ok: boolean, started: number): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`== ${title}: ${ok ? 'passed' : 'FAILED'} in ${seconds} s`);
}

function run(
  title: string,
  command: string,
  args: string[],
  capture = false,
): { ok: boolean; output: string } {
  console.log(`\n== ${title}`);
  const started = performance.now();
  const child = spawnSync(command, args, {
    stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (capture) console.log(child.stdout.split('\n').slice(-40).join('\n'));
  tellEnd(title, child.status === 0, started);
  return { ok: child.status === 0, output: capture ? child.stdout : '' };
}

/** A check that counts as one test; others may go on beside it, so what it says is told at its end. */
async function check(title: string, command: string, args: string[]): Promise<void> {
  const started = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => said.push(data));
  const status = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  console.log(`\n== ${title}\n${Buffer.concat(said).toString('utf8')}`);
  tellEnd(title, status === 0, started);
  add({ passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 });
}

function vitest(folder: string): void {
  const file = path.join(folder, 'vitest.json');
  const { ok } = run('tests', 'vitest', [
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
    const failed = report['numFailedTests'] ?? 0;
    add({ passed: report['numPassedTests'] ?? 0, failed, skipped: report['numPendingTests'] ?? 0 });
    // A file that does not even load fails no test of its own.
    if (!ok && failed === 0) add({ passed: 0, failed: 1, skipped: 0 });
  } catch {
    add({ passed: 0, failed: 1, skipped: 0 });
  }
}

function conformance(): void {
  const { ok, output } = run("tfjs-core's own specs", 'node', ['test/conformance/run.ts'], true);
  let failed = 0;
  for (const [, passes, fails, pending] of output.matchAll(
    /^tfjs-core .*: (\d+) passed, (\d+) failed, (\d+) pending$/gm,
  )) {
    failed += Number(fails);
    add({ passed: Number(passes), failed: Number(fails), skipped: Number(pending) });
  }
  if (!ok && failed === 0) add({ passed: 0, failed: 1, skipped: 0 });
}

/** The window in a browser, where there is one. */
function endToEnd(folder: string): void {
  if (chromium === undefined) {
    console.log(
      '\n== end to end: skipped, no Chromium here (apt-get install chromium, or CHROMIUM=<its path>)',
    );
    add({ passed: 0, failed: 0, skipped: 1 });
    return;
  }
  const file = path.join(folder, 'e2e.json');
  process.env['E2E_REPORT'] = file;
  const { ok } = run('end to end', 'npm', ['run', '--silent', 'test:e2e']);
  try {
    const { stats } = JSON.parse(readFileSync(file, 'utf8')) as { stats: Record<string, number> };
    const failed = stats['unexpected'] ?? 0;
    const flaky = stats['flaky'] ?? 0;
    if (flaky > 0) console.log(`== end to end: ${flaky} passed only at the second try`);
    const passed = (stats['expected'] ?? 0) + flaky;
    add({ passed, failed, skipped: stats['skipped'] ?? 0 });
    if (!ok && failed === 0) add({ passed: 0, failed: 1, skipped: 0 });
  } catch {
    add({ passed: 0, failed: 1, skipped: 0 });
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'distill-test-'));
try {
  // Two at a time, for two cores. The package's check reads what the types' check builds.
  await Promise.all([
    check('types', 'npm', ['run', '--silent', 'typecheck']).then(() =>
      check('package', 'node', ['scripts/check-package.ts']),
    ),
    check('lint', 'eslint', ['.', '--max-warnings', '0']),
    check('format', 'prettier', ['--check', '--log-level', 'warn', '.']),
  ]);
  vitest(folder);
  conformance();
  endToEnd(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(
  `\n${total.skipped} skipped (reference files or a browser are missing, or tfjs-core leaves them out)`,
);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
