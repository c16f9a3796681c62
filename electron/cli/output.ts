import { styleText } from 'node:util';
import type { ErrorCode } from '../contract/error-codes.ts';
import { linesWithoutControls } from '../contract/shown-text.ts';
import { timeLeft } from '../contract/time-left.ts';
import type { CallProgress } from '../contract/method.ts';
import { meter } from './meter.ts';
import type { Meter } from './meter.ts';
import { leftText, runProgress } from './progress.ts';
import type { RunEvent } from '../contract/events.ts';
import type { OutputStream, Terminal } from './terminal.ts';

export type Style = 'bold' | 'red' | 'green' | 'yellow' | 'dim';

/** The output of a command. People get text, programs (--json) one JSON object a line; results go to stdout in both. */
export interface Output {
  /** Styles text that goes to stdout, where it may be coloured. */
  style: (style: Style, text: string) => string;
  /** A remark beside the result; people only. */
  note: (text: string) => void;
  /** Something that happened; programs only. */
  event: (event: { type: string } & Record<string, unknown>) => void;
  runEvent: (event: RunEvent, seq: number) => void;
  /** The progress of one call. */
  progress: (what: string) => (progress: CallProgress) => void;
  /** The same of a call whose time left is estimated elsewhere, in seconds; null: not known. */
  estimatedProgress: (what: string) => (progress: CallProgress, etaSeconds: number | null) => void;
  /** The command's result: `value` for programs, `text` for people. */
  result: (command: string, value: unknown, text: string) => void;
  error: (error: { code: ErrorCode; message: string; hint: string }) => void;
  /** Details for the one who looks for a fault; stderr, with --verbose only. */
  trace: (text: string) => void;
  /** Takes moving lines away. */
  end: () => void;
}

export interface OutputFlags {
  json: boolean;
  verbose: boolean;
  color: boolean;
}

export function output(terminal: Terminal, flags: OutputFlags): Output {
  const trace = (text: string): void => {
    if (flags.verbose) terminal.stderr.write(`${text}\n`);
  };
  return flags.json ? jsonOutput(terminal.stdout, trace) : humanOutput(terminal, flags.color, trace);
}

function jsonOutput(stdout: OutputStream, trace: Output['trace']): Output {
  const write = (value: unknown): void => void stdout.write(`${JSON.stringify(value)}\n`);
  return {
    style: (_style, text) => text,
    note: () => undefined,
    event: write,
    runEvent: (event, seq) => write({ ...event, seq }),
    progress: (what) => (progress) => write({ type: 'call', what, ...progress }),
    estimatedProgress: (what) => (progress, etaSeconds) =>
      write({ type: 'call', what, ...progress, etaSeconds }),
    result: (command, value) => write({ type: 'result', command, value }),
    error: (error) => write({ type: error.code === 'CANCELLED' ? 'stopped' : 'error', ...error }),
    trace,
    end: () => undefined,
  };
}

/** What our own colours begin and end with. */
const colours = new RegExp(`(${String.fromCharCode(27)}\\[\\d{1,2}m)`);

/** Text with the control characters of names escaped; our own colours stay where there are any. */
const printable = (text: string, painted: boolean): string =>
  painted
    ? text
        .split(colours)
        .map((piece, i) => (i % 2 === 1 ? piece : linesWithoutControls(piece)))
        .join('')
    : linesWithoutControls(text);

function humanOutput({ stdout, stderr, env }: Terminal, color: boolean, trace: Output['trace']): Output {
  const isPainted = (stream: OutputStream) =>
    color && stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const painter =
    (stream: OutputStream) =>
    (style: Style, text: string): string =>
      isPainted(stream) ? styleText(style, text, { validateStream: false }) : text;
  const [style, aside] = [painter(stdout), painter(stderr)];
  const shown: Meter = meter(stderr);
  const estimatedProgress: Output['estimatedProgress'] =
    (what) =>
    ({ done, total }, etaSeconds) =>
      shown.update(done, total, `${what}${leftText(etaSeconds)}`);
  return {
    style,
    note: (text) => shown.line(printable(text, isPainted(stderr))),
    event: () => undefined,
    runEvent: runProgress(shown),
    progress(what) {
      const secondsLeft = timeLeft();
      const show = estimatedProgress(what);
      return (progress) => show(progress, secondsLeft(progress.done, progress.total));
    },
    estimatedProgress,
    result(_command, _value, text) {
      shown.clear();
      stdout.write(`${printable(text, isPainted(stdout))}\n`);
    },
    error({ code, message, hint }) {
      shown.clear();
      stderr.write(
        `${code === 'CANCELLED' ? aside('yellow', 'stopped:') : aside('red', 'error:')} ${linesWithoutControls(message)}\n`,
      );
      if (hint) stderr.write(`${aside('dim', 'hint:')} ${linesWithoutControls(hint)}\n`);
    },
    trace(text) {
      shown.clear();
      trace(text);
    },
    end: shown.clear,
  };
}
