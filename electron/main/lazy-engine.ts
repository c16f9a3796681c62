import type { Client } from '../contract/services.ts';
import { superviseEngine, type EngineSupervisor } from '../host/supervisor.ts';
import { forkEngine, type ElectronEngineProcess } from './engine-process.ts';
import type { UtilityElectron } from './utility-process.ts';

type Supervisor = EngineSupervisor<ElectronEngineProcess>;

/** The engine, which the first call starts. */
export interface LazyEngine {
  supervisor: () => Supervisor;
  client: () => Client;
  /** The folders of the runs at work; none, and no engine is started, where there has been none. */
  activeRuns: () => Promise<string[]>;
  /** As the supervisor's; at once where none was started. */
  close: (patienceMs?: number) => Promise<void>;
}

export function lazyEngine(
  electron: UtilityElectron,
  log: (message: string, thrown?: unknown) => void,
): LazyEngine {
  let started: Supervisor | null = null;
  const supervisor = (): Supervisor =>
    (started ??= superviseEngine({ fork: () => forkEngine(electron, { log }), log, closeMs: 10_000 }));
  return {
    supervisor,
    client: () => supervisor().client(),
    activeRuns: async () =>
      started === null ? [] : (await started.client().runs.active({})).map(({ folder }) => folder),
    close: async (patienceMs) => started?.close(patienceMs),
  };
}
