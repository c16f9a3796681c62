import { Presets, SingleBar } from 'cli-progress';
import { withoutControls } from '../contract/shown-text.ts';
import type { OutputStream } from './terminal.ts';

/** One moving line that shows how far something is, and lines above it that stay. */
export interface Meter {
  update: (done: number, total: number, text: string) => void;
  line: (text: string) => void;
  /** Takes the moving line away. */
  clear: () => void;
}

const plainEveryMs = 5000;
const barWidth = 12;

/** A bar on a terminal; elsewhere a plain line every few seconds. */
export function meter(stream: OutputStream): Meter {
  const { update, line, clear } = stream.isTTY ? barMeter(stream) : plainMeter(stream);
  return {
    update: (done, total, text) => update(done, total, withoutControls(text)),
    line,
    clear,
  };
}

function barMeter(stream: OutputStream): Meter {
  let bar: SingleBar | null = null;
  const clear = (): void => {
    bar?.stop();
    bar = null;
  };
  return {
    update(done, total, text) {
      if (!bar) {
        const options = {
          format,
          stream,
          clearOnComplete: true,
          gracefulExit: false,
          hideCursor: null,
          linewrap: true,
        };
        bar = new SingleBar({ ...options, barsize: barWidth, fps: 5 }, Presets.shades_classic);
        bar.start(total, done, { text, columns: stream.columns ?? 80 });
      }
      bar.setTotal(total);
      bar.update(done, { text, columns: stream.columns ?? 80 });
    },
    line(text) {
      clear();
      stream.write(`${text}\n`);
    },
    clear,
  };
}

/** Cut to the terminal's width: a bar that wraps cannot be drawn over. */
function format(
  options: { barCompleteString?: string | undefined; barIncompleteString?: string | undefined },
  params: { progress: number },
  payload: { text: string; columns: number },
): string {
  const full = Math.round(params.progress * barWidth);
  const bar =
    (options.barCompleteString ?? '=').slice(0, full) +
    (options.barIncompleteString ?? '-').slice(0, barWidth - full);
  const share = `${Math.floor(params.progress * 100)} %`.padStart(5);
  return `${bar} ${share}  ${payload.text}`.slice(0, payload.columns - 1);
}

function plainMeter(stream: OutputStream): Meter {
  let last = Date.now();
  return {
    update(done, total, text) {
      const now = Date.now();
      if (now - last < plainEveryMs) return;
      last = now;
      stream.write(total === 0 ? `${text}\n` : `${text}  (${done} of ${total})\n`);
    },
    line: (text) => void stream.write(`${text}\n`),
    clear: () => undefined,
  };
}
