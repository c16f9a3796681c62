import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import { isSystemError } from '../../../platform/files.ts';
import type { Libtensorflow } from './libtensorflow.ts';
import { runProgram } from '../../../platform/run-program.ts';

/** A compiler as a command: its program and the arguments that always go with it. */
export type Compiler = readonly [program: string, ...rest: string[]];

/** The C++ compiler: the variable CXX, else the first of the usual names. Throws DistillError where there is none. */
export async function findCompiler(env: NodeJS.ProcessEnv = process.env): Promise<Compiler> {
  const named = env['CXX']?.split(' ').filter((word) => word !== '') ?? [];
  const candidates = named.length > 0 ? [named] : [['c++'], ['g++'], ['clang++']];
  for (const [program, ...rest] of candidates) {
    try {
      await runProgram(program!, [...rest, '--version'], { env });
      return [program!, ...rest];
    } catch {
      // The next one may be there.
    }
  }
  throw new DistillError(
    'NOT_FOUND',
    named.length > 0
      ? `The C++ compiler "${named.join(' ')}" that the variable CXX names does not run.`
      : 'There is no C++ compiler: none of c++, g++ and clang++ runs.',
    'Install one (Debian and Ubuntu: apt install g++; Fedora: dnf install gcc-c++; macOS: xcode-select --install), or name one in the variable CXX.',
  );
}

/** Not found at load rather than in the middle of a run; on macOS a flag announces that Node's own symbols come later. */
const linkerFlags: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['-Wl,-z,now'],
  darwin: ['-undefined', 'dynamic_lookup'],
};

/** Compiles tfjs-node's addon from `sources` (*.cc) against a TensorFlow, which it will look for where it is now. */
export async function compileAddon(
  compiler: Compiler,
  parts: { sources: string; nodeApi: string; tensorflow: Libtensorflow; output: string },
  signal?: AbortSignal,
): Promise<void> {
  const { sources, nodeApi, tensorflow, output } = parts;
  const files = (await readdir(sources)).filter((name) => name.endsWith('.cc'));
  const [program, ...rest] = compiler;
  const folders = new Set(tensorflow.libraries.map((library) => path.dirname(library)));
  const flags = [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-w', '-DNAPI_VERSION=8'],
    ...[nodeApi, tensorflow.include].flatMap((folder) => ['-I', folder]),
    ...files.map((name) => path.join(sources, name)),
    ...['-o', output],
    ...tensorflow.libraries,
    ...[...folders].map((folder) => `-Wl,-rpath,${folder}`),
    ...(linkerFlags[process.platform] ?? []),
  ];
  try {
    await runProgram(program, [...rest, ...flags], { signal, maxBuffer: 64 * 1024 * 1024 });
  } catch (cause) {
    if (isSystemError(cause, 'ABORT_ERR')) throw cause;
    const log = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
    const line = log.split('\n').find((each) => each.includes('error')) ?? log.split('\n')[0]!;
    throw new DistillError(
      'BACKEND_UNAVAILABLE',
      `tfjs-node's addon does not compile against "${tensorflow.folder}": ${line.trim()}`,
      'Its headers and libraries must be of one TensorFlow 2 version, and the compiler must support C++17; --verbose shows its full output.',
      { cause },
    );
  }
}
