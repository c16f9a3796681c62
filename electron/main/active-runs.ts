import type { Client } from '../contract/services.ts';

/** What is asked of the engine about runs. */
export interface RunsClient {
  runs: Pick<Client['runs'], 'active' | 'stop' | 'wait'>;
}

/** Pauses a run; resolves when it has been saved. */
export async function pauseRun(client: RunsClient, folder: string): Promise<void> {
  await client.runs.stop({ folder, mode: 'pause' });
  await client.runs.wait({ folder });
}
