import { existsSync } from 'node:fs';
import path from 'node:path';
import { DistillError } from '../contract/errors.ts';
import type { RunSummary } from '../contract/run-summary.ts';
import { runTopic, type Client } from '../contract/services.ts';
import { shellWord } from '../contract/shell-word.ts';
import { comparisonText } from './scores-text.ts';
import type { Session } from './session.ts';
import { stopOnInterrupt } from './stop-on-interrupt.ts';

/**
 * Starts a run and shows it to its end. Ctrl-C stops it after the batch. Throws where it did not complete: CANCELLED
 * once stopped, with the way to go on; the run's own error where it failed.
 */
export async function followRun(
  session: Session,
  command: string,
  start: (client: Client) => Promise<{ folder: string }>,
): Promise<void> {
  const { output } = session;
  const client = await session.engine();
  const { folder } = await start(client);
  const unsubscribe = client.subscribe(runTopic(folder), output.runEvent);
  output.event({ type: 'started', folder });
  output.note(`Run folder: ${session.shown(folder)}`);
  const stop = () => {
    output.event({ type: 'stopping', folder });
    return client.runs.stop({ folder });
  };
  try {
    const summary = await stopOnInterrupt(session, stop, () => client.runs.wait({ folder }));
    if (summary.state !== 'completed') throw unfinished(session, summary);
    const result = await client.runs.result({ folder });
    const report = path.join(folder, 'report.html');
    const places = [
      ...(existsSync(report) ? [`Report:     ${session.shown(report)}`] : []),
      `Run folder: ${session.shown(folder)}`,
    ];
    const text = ['', output.style('bold', result.name), comparisonText(result), '', ...places].join('\n');
    output.result(command, { folder, report: existsSync(report) ? report : null, result }, text);
  } finally {
    unsubscribe();
  }
}

function unfinished(session: Session, { folder, state, error }: RunSummary): DistillError {
  const resume = `Resume with: distill-studio resume ${shellWord(session.shown(folder))}`;
  if (state === 'cancelled' || error?.code === 'CANCELLED') {
    return new DistillError('CANCELLED', error?.message ?? 'The run was stopped and saved.', resume);
  }
  if (error) return new DistillError(error.code, error.message, error.hint, { retryable: error.retryable });
  return new DistillError(
    'RUN_STATE',
    `The run in ${session.shown(folder)} ended in the state "${state}".`,
    resume,
  );
}
