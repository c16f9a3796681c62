import { computed, onScopeDispose, ref, shallowRef, triggerRef, watch, type Ref, type ShallowRef } from 'vue';
import { toErrorValue, type ErrorValue } from '../../electron/contract/errors.ts';
import type { RunEvent } from '../../electron/contract/events.ts';
import { type RunPosition, followPosition } from '../../electron/contract/position.ts';
import {
  isActive,
  phaseMessage,
  phasesOf,
  type RunState,
  stateMessage,
} from '../../electron/contract/run.ts';
import { enterPhase, leavePhase, type PhaseSpan } from '../../electron/contract/phase-spans.ts';
import type { LogLine, RunDetails } from '../../electron/contract/run-details.ts';
import type { Probes } from '../../electron/contract/probes.ts';
import { runTopic } from '../../electron/contract/services.ts';
import { engine } from '../client/engine.ts';
import { withProbe } from './probe-history.ts';
import { RunCurves } from './run-curves.ts';

/** Lines of the log that a window keeps. */
const mostLines = 1000;
/** Between two looks at what has changed. */
const redrawMs = 250;
/** A run that another process works on sends no events here: it is looked at. */
const pollMs = 5000;
const mostPoints = 200_000;

export interface LiveRun {
  details: ShallowRef<RunDetails | null>;
  state: Ref<RunState | null>;
  error: ShallowRef<ErrorValue | null>;
  position: ShallowRef<RunPosition | null>;
  log: ShallowRef<readonly LogLine[]>;
  /** Every phase that it was in. */
  phases: ShallowRef<readonly PhaseSpan[]>;
  probes: ShallowRef<Probes>;
  /** Filled in place; triggered, at most four times a second, when there is more in it. */
  curves: ShallowRef<RunCurves>;
  loadError: ShallowRef<ErrorValue | null>;
  loaded: Ref<boolean>;
  /** The engine that worked on it is gone. */
  orphaned: Ref<boolean>;
  reload: () => Promise<void>;
}

const nothing: Probes = { images: [], probes: [] };

/**
 * A run as it goes on. Events are subscribed to before anything is loaded and wait until it is, so that nothing falls between;
 * after a lost connection, an end or a resume everything is loaded again.
 */
export function useLiveRun(folder: Ref<string | null>): LiveRun {
  const details = shallowRef<RunDetails | null>(null);
  const state = ref<RunState | null>(null);
  const error = shallowRef<ErrorValue | null>(null);
  const position = shallowRef<RunPosition | null>(null);
  const log = shallowRef<readonly LogLine[]>([]);
  const phases = shallowRef<readonly PhaseSpan[]>([]);
  const probes = shallowRef<Probes>(nothing);
  const curves = shallowRef(new RunCurves());
  const loadError = shallowRef<ErrorValue | null>(null);
  const loaded = ref(false);
  const orphaned = computed(
    () => isActive(state.value) && ['restarting', 'failed', 'unreachable'].includes(engine.state.value),
  );
  let unsubscribe: (() => void) | null = null;
  /** Events that wait for a load; null while none is under way. */
  let waiting: RunEvent[] | null = null;
  let current = 0;
  let redraw: ReturnType<typeof setTimeout> | null = null;

  function changed(): void {
    redraw ??= setTimeout(() => {
      redraw = null;
      triggerRef(curves);
    }, redrawMs);
  }

  function addLine(level: LogLine['level'], message: string): void {
    const line = { time: new Date().toISOString(), level, message };
    log.value = [...log.value, line].slice(-mostLines);
  }

  /** By the first training it is known what was imported and which images are watched. */
  const needsReload = ({ phase }: Extract<RunEvent, { type: 'phase' }>): boolean =>
    phase === 'teacher' && (details.value?.dataset === null || probes.value.images.length === 0);

  function apply(event: RunEvent, replayed: boolean): void {
    curves.value.add(event);
    if (event.type === 'step' || event.type === 'epoch') changed();
    const recipe = details.value?.recipe;
    if (recipe) position.value = followPosition(position.value, event, phasesOf(recipe));
    if (event.type === 'probe') probes.value = withProbe(probes.value, event.probe);
    if (replayed && (event.type === 'log' || event.type === 'phase' || event.type === 'state')) {
      // Emitted while everything was loaded: the log that was loaded may have it.
      const message = messageOf(event);
      if (log.value.slice(-20).some((line) => line.message === message)) {
        if (event.type === 'state') setState(event.state, event.error);
        if (event.type === 'phase' && needsReload(event)) void reload();
        return;
      }
    }
    if (event.type === 'log') addLine(event.level, event.message);
    if (event.type === 'phase') {
      addLine('info', messageOf(event));
      phases.value = enterPhase(phases.value, event.phase, new Date().toISOString());
      if (needsReload(event)) void reload();
    }
    if (event.type === 'state') {
      addLine('info', messageOf(event));
      setState(event.state, event.error);
    }
  }

  function setState(next: RunState, why: ErrorValue | null): void {
    const before = state.value;
    state.value = next;
    error.value = why;
    if (!isActive(next)) {
      position.value = null;
      phases.value = leavePhase(phases.value, new Date().toISOString());
    }
    // What the run wrote last, what a resumed one took back, and how one is to end.
    if (isActive(before) !== isActive(next) || next === 'stopping') void reload();
  }

  function receive(event: RunEvent): void {
    if (waiting) waiting.push(event);
    else apply(event, false);
  }

  async function reload(): Promise<void> {
    const own = ++current;
    const path = folder.value;
    if (path === null) return;
    waiting ??= [];
    try {
      const client = await engine.client();
      const [nextDetails, metrics, nextProbes] = await Promise.all([
        client.runs.details({ folder: path }),
        client.runs.metrics({ folder: path, maxPoints: mostPoints }),
        client.runs.probes({ folder: path }).catch(() => nothing),
      ]);
      if (own !== current) return;
      details.value = nextDetails;
      state.value = nextDetails.summary.state;
      error.value = nextDetails.summary.error;
      position.value = nextDetails.position;
      log.value = nextDetails.log;
      phases.value = nextDetails.phases;
      probes.value = nextProbes;
      curves.value.load(metrics);
      loadError.value = null;
      loaded.value = true;
    } catch (thrown) {
      if (own !== current) return;
      loadError.value = toErrorValue(thrown);
    }
    const events = waiting;
    waiting = null;
    for (const event of events) apply(event, true);
    changed();
  }

  function open(): void {
    unsubscribe?.();
    unsubscribe = null;
    waiting = [];
    details.value = null;
    state.value = null;
    error.value = null;
    position.value = null;
    log.value = [];
    phases.value = [];
    probes.value = nothing;
    curves.value.load({ steps: [], epochs: [], points: 0 });
    loadError.value = null;
    loaded.value = false;
    triggerRef(curves);
    if (folder.value === null) return;
    unsubscribe = engine.subscribe(runTopic(folder.value), receive);
    void reload();
  }

  watch(folder, open, { immediate: true });
  watch(engine.generation, (_now, before) => {
    if (before > 0) void reload();
  });
  const poll = setInterval(() => {
    const elsewhere = isActive(state.value) && state.value !== 'queued' && position.value === null;
    if (elsewhere && engine.state.value === 'up' && waiting === null) void reload();
  }, pollMs);

  onScopeDispose(() => {
    unsubscribe?.();
    current++;
    clearInterval(poll);
    if (redraw !== null) clearTimeout(redraw);
  });
  return {
    details,
    state,
    error,
    position,
    log,
    phases,
    probes,
    curves,
    loadError,
    loaded,
    orphaned,
    reload,
  };
}

function messageOf(event: Extract<RunEvent, { type: 'log' | 'phase' | 'state' }>): string {
  if (event.type === 'log') return event.message;
  return event.type === 'phase' ? phaseMessage(event.phase) : stateMessage(event.state);
}
