import { Writable } from 'node:stream';
import { runCli } from '../../../electron/cli/program.ts';
import { fakeEngine, type FakeEngine, type Overrides } from '../../contract/fake-engine.ts';

/** What was written, and a stand-in for a terminal's stream. */
export function capture(tty = false): {
  stream: Writable & { isTTY: boolean; columns: number };
  text: () => string;
} {
  const chunks: string[] = [];
  const writable = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { stream: Object.assign(writable, { isTTY: tty, columns: 100 }), text: () => chunks.join('') };
}

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Running {
  done: Promise<Ran>;
  engine: FakeEngine;
  /** One Ctrl-C. */
  interrupt: () => void;
  opened: () => boolean;
}

export interface FakeOptions {
  tty?: boolean;
  cwd?: string;
  env?: Record<string, string>;
}

/** Starts the program on a fake engine and captured streams. */
export function start(argv: string[], overrides: Overrides = {}, options: FakeOptions = {}): Running {
  const [out, err] = [capture(options.tty), capture(options.tty)];
  const listeners = new Set<() => void>();
  const engine = fakeEngine(overrides);
  let opened = false;
  const code = runCli(argv, {
    stdout: out.stream,
    stderr: err.stream,
    env: options.env ?? {},
    cwd: options.cwd ?? '/work-folder',
    onInterrupt(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    openEngine() {
      opened = true;
      return Promise.resolve(engine);
    },
  });
  return {
    done: code.then((value) => ({ code: value, stdout: out.text(), stderr: err.text() })),
    engine,
    interrupt: () => [...listeners].forEach((listener) => listener()),
    opened: () => opened,
  };
}

export const run = (argv: string[], overrides: Overrides = {}, options: FakeOptions = {}): Promise<Ran> =>
  start(argv, overrides, options).done;

/** Every line of stdout, parsed. */
export const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
