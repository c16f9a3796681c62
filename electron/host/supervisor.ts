import type { DesktopEngineStatus } from '../contract/desktop.ts';
import { DistillError, toErrorValue, type ErrorValue } from '../contract/errors.ts';
import type { Client } from '../contract/services.ts';
import { connect } from '../rpc/connect.ts';
import type { Log } from '../rpc/protocol.ts';
import type { Transport } from '../rpc/transport.ts';

/** A started process of the engine; child_process and Electron's utilityProcess both fit. */
export interface EngineProcess {
  readonly pid: number | undefined;
  /** A new client's end of a channel to the engine; may be called at once, what is sent waits until the engine is loaded. */
  open(): Transport;
  /** Calls back once, when the process is gone; `code` null: a signal ended it, or it never started. */
  onExit(listener: (code: number | null, reason: string) => void): void;
  /** Asks it to save what is at work and to exit: {kind: 'shutdown'}. */
  shutdown(): void;
  /** Ends it at once (SIGKILL). */
  kill(): void;
}

export type EngineStatus = DesktopEngineStatus;

export interface Timers {
  now(): number;
  /** Calls back once; returns the way to end it. */
  after(ms: number, callback: () => void): () => void;
}

export interface SupervisorOptions<Process extends EngineProcess> {
  /** Starts a process. */
  fork: () => Process;
  log?: Log;
  /** Milliseconds without a sign of life after which a loaded engine counts as hung. */
  hangMs?: number;
  /** Milliseconds until the first sign of life. */
  startMs?: number;
  /** Restarts within `restartWindowMs` before the engine counts as failed. */
  maxRestarts?: number;
  restartWindowMs?: number;
  /** The wait before the first restart; doubled with each further one within the window. */
  backoffMs?: number;
  /** Milliseconds that an orderly end may take before the process is killed. */
  closeMs?: number;
  timers?: Timers;
}

export interface EngineSupervisor<Process extends EngineProcess = EngineProcess> {
  readonly status: EngineStatus;
  /** The process now, for a host that hands it ports of its own; null where none runs. */
  readonly process: Process | null;
  /** Calls back with every change from now on; returns the way to end it. */
  onStatus(listener: (status: EngineStatus) => void): () => void;
  /** A new client's channel to the engine of now. Throws ENGINE_GONE where none runs. It closes when that process ends. */
  open(): Transport;
  /** The host's own client (assets, settings), of the engine of now. Throws ENGINE_GONE where none runs. */
  client(): Client;
  /** After `failed`: starts the engine again, its failures forgotten. Otherwise does nothing. */
  restart(): void;
  /** Ends the engine in order (a run is saved), or kills it after `patienceMs` (`closeMs`). It is not started again. */
  close(patienceMs?: number): Promise<void>;
}

const systemTimers: Timers = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Signs of life are asked for this often within `hangMs`. */
const beats = 6;

interface Generation<Process> {
  process: Process;
  /** Heartbeats only. */
  control: Transport;
  client: Client | null;
  /** Heartbeats since the last sign of life. */
  silent: number;
  /** Whether it has spoken yet. */
  loaded: boolean;
  stopBeat: () => void;
  /** Why it was killed, where we did. */
  fault: string | null;
}

/**
 * Keeps one engine alive: starts it at once, and again after a crash or a hang, with growing waits and not for ever. A training is
 * never resumed by itself: the run that a dead engine leaves behind is found `interrupted` by the next look at it.
 */
export function superviseEngine<Process extends EngineProcess>({
  fork,
  log = () => undefined,
  hangMs = 30_000,
  startMs = 120_000,
  maxRestarts = 3,
  restartWindowMs = 300_000,
  backoffMs = 1000,
  closeMs = 30_000,
  timers = systemTimers,
}: SupervisorOptions<Process>): EngineSupervisor<Process> {
  const listeners = new Set<(status: EngineStatus) => void>();
  const beatMs = hangMs / beats;
  let status: EngineStatus = { state: 'starting', error: null };
  let current: Generation<Process> | null = null;
  let restarts: number[] = [];
  let stopWaiting = (): void => undefined;
  let closing: { done: Promise<void>; ended: () => void } | null = null;

  function setStatus(state: EngineStatus['state'], error: ErrorValue | null): void {
    status = { state, error };
    for (const listener of [...listeners])
      try {
        listener(status);
      } catch (thrown) {
        // It would end the host from within the exit event of a process.
        log("A listener of the engine's state failed", thrown);
      }
  }

  function start(): void {
    let process: Process;
    try {
      process = fork();
    } catch (thrown) {
      log('The engine could not be started', thrown);
      ended(toErrorValue(thrown).message);
      return;
    }
    const generation: Generation<Process> = {
      process,
      control: process.open(),
      client: null,
      silent: 0,
      loaded: false,
      stopBeat: () => undefined,
      fault: null,
    };
    current = generation;
    log(`The engine was started, process ${process.pid ?? 'unknown'}.`);
    generation.control.onMessage(() => heard(generation));
    process.onExit((_code, reason) => {
      generation.stopBeat();
      if (current !== generation) return;
      current = null;
      ended(generation.fault ?? reason);
    });
    beat(generation);
  }

  function heard(generation: Generation<Process>): void {
    generation.silent = 0;
    if (generation.loaded || generation !== current) return;
    generation.loaded = true;
    if (!closing) setStatus('up', null);
  }

  /**
   * Counts heartbeats rather than time: a laptop that slept for an hour wakes with one heartbeat missed, not with an hour of
   * silence.
   */
  function beat(generation: Generation<Process>): void {
    generation.stopBeat = timers.after(beatMs, () => {
      generation.silent++;
      const limit = Math.ceil((generation.loaded ? hangMs : startMs) / beatMs);
      if (generation.silent >= limit) {
        generation.fault = `no sign of life for ${Math.round((limit * beatMs) / 1000)} s`;
        log(`The engine is killed: ${generation.fault}.`);
        // At once: it will not respond any more, and it may take long to exit.
        setStatus('restarting', restarting(generation.fault));
        generation.process.kill();
        return;
      }
      try {
        generation.control.post({ kind: 'ping', answer: false });
      } catch (thrown) {
        // A heartbeat that is missed counts as such.
        log('A heartbeat could not be sent', thrown);
      }
      beat(generation);
    });
  }

  function ended(reason: string): void {
    log(`The engine ended: ${reason}.`);
    if (closing) {
      closing.ended();
      return;
    }
    const now = timers.now();
    restarts = restarts.filter((time) => now - time < restartWindowMs);
    if (restarts.length >= maxRestarts) {
      setStatus('failed', failed(restarts.length + 1, reason));
      return;
    }
    const delay = backoffMs * 2 ** restarts.length;
    restarts.push(now);
    setStatus('restarting', restarting(reason));
    stopWaiting = timers.after(delay, start);
  }

  function running(): Generation<Process> {
    if (!current || current.fault !== null || closing) {
      const error = status.error ?? restarting('it is not running');
      throw new DistillError('ENGINE_GONE', error.message, error.hint, { retryable: true });
    }
    return current;
  }

  start();
  return {
    get status() {
      return status;
    },
    get process() {
      return current?.process ?? null;
    },
    onStatus(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open: () => running().process.open(),
    client() {
      const generation = running();
      return (generation.client ??= connect(generation.process.open(), { log }));
    },
    restart() {
      if (status.state !== 'failed' || closing) return;
      restarts = [];
      setStatus('starting', null);
      start();
    },
    close(patienceMs = closeMs) {
      if (closing) return closing.done;
      let finish: () => void = () => undefined;
      const done = new Promise<void>((resolve) => (finish = resolve));
      stopWaiting();
      const generation = current;
      if (!generation) {
        closing = { done, ended: finish };
        finish();
        return done;
      }
      generation.stopBeat();
      const stopPatience = timers.after(patienceMs, () => {
        log('The engine did not end in time and is killed.');
        generation.process.kill();
      });
      closing = {
        done,
        ended: () => {
          stopPatience();
          finish();
        },
      };
      generation.process.shutdown();
      return done;
    },
  };
}

const restarting = (reason: string): ErrorValue => ({
  code: 'ENGINE_GONE',
  message: `The engine stopped unexpectedly (${reason}) and is started again.`,
  hint: 'A run that was in progress is marked as interrupted: resume it from the library.',
  retryable: true,
});

const failed = (times: number, reason: string): ErrorValue => ({
  code: 'ENGINE_GONE',
  message: `The engine stopped ${times} times within a few minutes (the last time: ${reason}) and is not restarted automatically.`,
  hint: 'Start it again; if that does not help, see the log for the cause.',
  retryable: true,
});
