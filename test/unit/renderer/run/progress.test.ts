import { describe, expect, it } from 'vitest';
import type { RunPosition } from '../../../../electron/contract/position.ts';
import { phasesOf } from '../../../../electron/contract/run.ts';
import { recipeSchema } from '../../../../electron/contract/recipe.ts';
import {
  predictionsAt,
  probedEpochs,
  teacherPredictions,
  withProbe,
} from '../../../../renderer/run/probe-history.ts';
import { epochsDone, runFraction } from '../../../../renderer/run/progress.ts';
import { stageRows, timeline } from '../../../../renderer/run/timeline.ts';
import { stepEvent } from '../../../support/run-events.ts';

const recipe = recipeSchema.parse({
  version: 2,
  name: 'r',
  teacher: {
    source: 'train',
    model: { architecture: 'resnet18' },
    training: { stages: [{ epochs: 1, freezeTo: -1 }, { epochs: 3 }] },
  },
  student: { model: { architecture: 'cifar_resnet8' }, training: { stages: [{ epochs: 6 }] } },
});
const phases = phasesOf(recipe);

function at(phase: RunPosition['phase'], epoch?: number, step = 0): RunPosition {
  const index = phases.indexOf(phase);
  const place = { phase, index, count: phases.length, phases, progress: null, remaining: null };
  if (epoch === undefined) return { ...place, step: null };
  return { ...place, step: stepEvent({ role: phase as 'student', epoch, epochs: 6, step }) };
}

describe('how far a run is', () => {
  it('counts the epochs of all its trainings', () => {
    expect(epochsDone(recipe, at('import'))).toEqual({ done: 0, total: 16 });
    expect(epochsDone(recipe, at('teacher', 2, 5))).toEqual({ done: 1.5, total: 16 });
    expect(epochsDone(recipe, at('student'))).toEqual({ done: 4, total: 16 });
    expect(epochsDone(recipe, at('baseline', 6, 10))).toEqual({ done: 16, total: 16 });
  });

  it('never goes back from one phase to the next', () => {
    const fractions = [
      at('import'),
      at('teacher'),
      at('teacher', 4, 10),
      at('student'),
      at('student', 6, 10),
      at('baseline', 1, 1),
      at('evaluate'),
      at('export'),
    ].map((position) => runFraction(recipe, 'running', position)!);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBeLessThan(1);
    expect(runFraction(recipe, 'completed', null)).toBe(1);
    expect(runFraction(recipe, 'interrupted', null)).toBeNull();
  });
});

describe('the timeline', () => {
  const time = (seconds: number): string => new Date(1_700_000_000_000 + seconds * 1000).toISOString();
  const span = (phase: RunPosition['phase'], from: number, to: number | null) => ({
    phase,
    startedAt: time(from),
    endedAt: to === null ? null : time(to),
  });

  it('has the times of a run at work, the phase that it is in up to now', () => {
    const rows = timeline({
      recipe,
      state: 'running',
      position: at('teacher', 1, 1),
      spans: [span('import', 0, 10), span('teacher', 10, null)],
      epochs: () => [],
      now: 1_700_000_060_000,
    });
    expect(rows.map(({ phase, state, seconds }) => [phase, state, seconds])).toEqual([
      ['import', 'done', 10],
      ['teacher', 'active', 50],
      ['student', 'waiting', null],
      ['baseline', 'waiting', null],
      ['evaluate', 'waiting', null],
      ['export', 'waiting', null],
    ]);
  });

  it('adds up what two processes took', () => {
    const rows = timeline({
      recipe,
      state: 'cancelled',
      position: null,
      spans: [
        span('import', 0, 10),
        span('teacher', 10, 40),
        span('import', 1000, 1002),
        span('teacher', 1002, 1012),
      ],
      epochs: () => [],
      now: 1_700_009_000_000,
    });
    expect(rows.slice(0, 3).map(({ state, seconds }) => [state, seconds])).toEqual([
      ['done', 12],
      ['stopped', 40],
      ['waiting', null],
    ]);
  });

  it('has no time where nobody knows it: a process died and wrote nothing after it had entered the phase', () => {
    const rows = timeline({
      recipe,
      state: 'interrupted',
      position: null,
      spans: [span('import', 0, 10), span('teacher', 10, 40), span('student', 40, 40)],
      epochs: () => [],
      now: 1_700_009_000_000,
    });
    expect(rows.slice(0, 3).map(({ state, seconds }) => [state, seconds])).toEqual([
      ['done', 10],
      ['done', 30],
      ['stopped', null],
    ]);
  });

  it('names what was no part of the run', () => {
    const taken = recipeSchema.parse({ ...recipe, teacher: { source: 'run', path: 'x' } });
    const rows = timeline({
      recipe: taken,
      state: 'completed',
      position: null,
      spans: [],
      epochs: () => [],
      now: 0,
    });
    expect(rows.filter(({ state }) => state === 'left-out').map(({ phase }) => phase)).toEqual([
      'teacher',
      'baseline',
    ]);
  });

  it('divides the epochs among the stages', () => {
    const { stages } = (recipe.teacher as { training: { stages: Parameters<typeof stageRows>[0] } }).training;
    expect(stageRows(stages, 2)).toEqual([
      { number: 1, epochs: 1, done: 1, frozen: true },
      { number: 2, epochs: 3, done: 1, frozen: false },
    ]);
  });
});

describe('probes', () => {
  const probe = (role: 'teacher' | 'student', epoch: number, id: number) => ({
    role,
    epoch,
    predictions: [{ key: 'k', top5: [{ id, probability: 1 }] }],
  });

  it('go back with a resumed training, and know the teacher from before the student', () => {
    let probes: Parameters<typeof withProbe>[0] = { images: [{ key: 'k', label: 1 }], probes: [] };
    for (const one of [
      probe('teacher', 1, 5),
      probe('teacher', 2, 6),
      probe('student', 0, 7),
      probe('student', 1, 8),
      probe('student', 2, 9),
      probe('student', 1, 4),
    ])
      probes = withProbe(probes, one);
    expect(probedEpochs(probes, 'student')).toEqual([1]);
    expect(probedEpochs(probes, 'teacher')).toEqual([1, 2]);
    expect(predictionsAt(probes, 'student', 1).get('k')?.[0]?.id).toBe(4);
    expect(teacherPredictions(probes).get('k')?.[0]?.id).toBe(7);
  });

  it('are no predictions of the student before its first epoch, when only its teacher was asked', () => {
    const probes = { images: [], probes: [probe('student', 0, 7)] };
    expect(predictionsAt(probes, 'student', 0).size).toBe(0);
    expect(teacherPredictions(probes).get('k')?.[0]?.id).toBe(7);
  });

  it('take the teacher as it ended where it was not asked yet', () => {
    const probes = { images: [], probes: [probe('teacher', 1, 5), probe('teacher', 2, 6)] };
    expect(teacherPredictions(probes).get('k')?.[0]?.id).toBe(6);
  });
});
