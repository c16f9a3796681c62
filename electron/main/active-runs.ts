import type { RunSummary } from '../contract/library.ts';
import type { Client } from '../contract/services.ts';

/** What is asked of the engine about runs. */
export interface RunsClient {
  system: Pick<Client['system'], 'settings'>;
  runs: Pick<Client['runs'], 'list' | 'stop' | 'wait'>;
}

const atWork: readonly string[] = ['queued', 'running', 'stopping'];

/** The runs at work in the user's folder of runs. */
export async function activeRuns(client: RunsClient): Promise<RunSummary[]> {
  const { runsFolder } = await client.system.settings({});
  const runs = await client.runs.list({ out: runsFolder });
  return runs.filter(({ state }) => atWork.includes(state));
}

/** Pauses a run; resolves when it has been saved. */
export async function pauseRun(client: RunsClient, folder: string): Promise<void> {
  await client.runs.stop({ folder, mode: 'pause' });
  await client.runs.wait({ folder });
}
