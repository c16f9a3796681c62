/**
 * typescript-eslint's no-unsafe-class-instance-assignment: an object where a class's instance is expected. tsgolint has the rule,
 * but oxlint does not pass it on before the version after 1.94; from then on it is a line in .oxlintrc.json and this file goes.
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** A message of `tsgolint headless`: of type 0 an error of its own, of type 1 what it found. */
interface Finding {
  error?: string;
  file_path?: string;
  message?: { description: string };
  range?: { pos: number };
}

const file_paths = globSync('{electron,renderer,scripts,test}/**/*.ts').map((file) => path.resolve(file));
const rules = [{ name: 'no-unsafe-class-instance-assignment' }];

const { resolve } = createRequire(import.meta.url);
const manifest = resolve('oxlint-tsgolint/package.json');
const program = path.join(path.dirname(manifest), 'bin', 'tsgolint.js');
const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'headless'], {
  input: JSON.stringify({ version: 2, configs: [{ file_paths, rules }] }),
  maxBuffer: 2 ** 30,
});

/** Each message is its length in four bytes, its type in one, and JSON. */
function* messages(bytes: Buffer): Generator<Finding> {
  for (let at = 0; at < bytes.length;) {
    const end = at + 5 + bytes.readUInt32LE(at);
    yield JSON.parse(bytes.toString('utf8', at + 5, end)) as Finding;
    at = end;
  }
}

function place({ file_path: file, range }: Finding): string {
  if (file === undefined) return '';
  const line = range && readFileSync(file).subarray(0, range.pos).toString('latin1').split('\n').length;
  return `${path.relative('.', file)}${line === undefined ? '' : `:${line}`} `;
}

const found = [...messages(stdout)];
for (const one of found) console.error(`${place(one)}${one.error ?? one.message?.description ?? ''}`);
if (status !== 0) console.error(stderr.toString());
if (status !== 0 || found.length > 0) process.exitCode = 1;
