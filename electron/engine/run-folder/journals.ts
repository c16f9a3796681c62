import path from 'node:path';
import type { RunEvent } from '../../contract/events.ts';
import type { MetricsLine } from '../../contract/metrics.ts';
import type { Role } from '../../contract/run.ts';
import type { LogLine } from '../../contract/run-details.ts';
import { appendLog, readLog } from './log-file.ts';
import { lastMetricsTime, MetricsLog, metricsLines, readMetrics } from './metrics.ts';
import { appendProbe, probesFile } from './probe-log.ts';
import { rewindMetrics, type Position } from './rewind-metrics.ts';
import { thinnedLines, type ThinnedLines } from './thinned-metrics.ts';

/** The files of a run that grow line by line: metrics.jsonl, probes.jsonl, log.txt. */
export class Journals {
  readonly #metricsFile: string;
  readonly #probesFile: string;
  readonly #logFile: string;
  #metrics: MetricsLog | null = null;

  constructor(folder: string) {
    this.#metricsFile = path.join(folder, 'metrics.jsonl');
    this.#probesFile = path.join(folder, probesFile);
    this.#logFile = path.join(folder, 'log.txt');
  }

  /** As RunFolder.append. */
  append(event: RunEvent): boolean {
    if (event.type === 'probe') {
      appendProbe(this.#probesFile, event.probe);
      return true;
    }
    this.#metrics ??= new MetricsLog(this.#metricsFile);
    return this.#metrics.append(event);
  }

  metrics(): Promise<MetricsLine[]> {
    return readMetrics(this.#metricsFile);
  }
  metricsLines(): AsyncGenerator<MetricsLine> {
    return metricsLines(this.#metricsFile);
  }
  curves(maxSteps: number): Promise<ThinnedLines> {
    return thinnedLines(this.#metricsFile, maxSteps);
  }
  async rewindMetrics(role: Role, position: Position): Promise<void> {
    await rewindMetrics(this.#metricsFile, role, position);
  }

  /** Never throws: the log reports other errors and must not hide them. */
  log(level: LogLine['level'], message: string): void {
    try {
      appendLog(this.#logFile, level, message);
    } catch {
      // A full disk shows itself in the metrics and the checkpoints.
    }
  }
  logLines(count: number): Promise<LogLine[]> {
    return readLog(this.#logFile, count);
  }

  /** The time of the last line in log.txt or metrics.jsonl, ISO 8601; null where there is none. Throws NOT_WRITABLE. */
  async lastTime(): Promise<string | null> {
    const [line] = await this.logLines(1);
    const times = [line?.time, await lastMetricsTime(this.#metricsFile)];
    return (
      times
        .filter((time) => typeof time === 'string')
        .sort()
        .at(-1) ?? null
    );
  }

  /** The next append looks at the end of metrics.jsonl again: another process may write to it meanwhile. */
  close(): void {
    this.#metrics = null;
  }
}
