import type { Client } from '../contract/services.ts';
import { superviseEngine, type EngineSupervisor } from '../host/supervisor.ts';
import { forkEngine, type ElectronEngineProcess } from './engine-process.ts';
import type { UtilityElectron } from './utility-process.ts';

type Supervisor = EngineSupervisor<ElectronEngineProcess>;

/** The engine, which the first call starts. */
export interface LazyEngine {
  supervisor: () => Supervisor;
  client: () => Client;
  /** null where none was started. */
  readonly started: Supervisor | null;
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
    get started() {
      return started;
    },
  };
}
