import { describe, expect, it } from 'vitest';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import {
  canResume,
  frozenGroups,
  isActive,
  isPaused,
  phasesOf,
  plannedEpochs,
  runStates,
  trainedIn,
} from '../../../electron/contract/run.ts';

const recipe = recipeSchema.parse({
  version: 1,
  name: 'r',
  teacher: {
    source: 'train',
    model: { architecture: 'resnet18' },
    training: { stages: [{ epochs: 1, freezeTo: -1 }, { epochs: 3 }] },
  },
  student: { model: { architecture: 'cifar_resnet8' }, training: { stages: [{ epochs: 6 }] } },
});

describe('what a run is known by', () => {
  it('is at work, can go on, or is final', () => {
    expect(runStates.filter((state) => !isActive(state) && !canResume(state))).toEqual(['completed']);
    expect(runStates.filter((state) => isActive(state) && canResume(state))).toEqual([]);
    expect([isActive(null), canResume(null)]).toEqual([false, false]);
  });

  it('is paused where somebody asked for its stop', () => {
    const error = { code: 'CANCELLED', message: '', hint: '', retryable: false } as const;
    expect(isPaused('interrupted', error)).toBe(true);
    expect([isPaused('cancelled', error), isPaused('interrupted', null)]).toEqual([false, false]);
  });

  it('trains each role in the phase of its name', () => {
    expect(phasesOf(recipe).flatMap((phase) => trainedIn(phase) ?? [])).toEqual(
      plannedEpochs(recipe).map(({ role }) => role),
    );
    expect(phasesOf({ baseline: false })).not.toContain('baseline');
  });

  it('plans the epochs of all stages; a teacher that is given has none', () => {
    expect(plannedEpochs(recipe)).toEqual([
      { role: 'teacher', epochs: 4 },
      { role: 'student', epochs: 6 },
      { role: 'baseline', epochs: 6 },
    ]);
    const given = {
      ...recipe,
      teacher: { source: 'run', path: 'x', role: 'teacher' },
      baseline: false,
    } as const;
    expect(plannedEpochs(given)).toEqual([{ role: 'student', epochs: 6 }]);
  });

  it('counts frozen groups from either end', () => {
    expect([0, 1, 2, -1, -2, -3].map((freezeTo) => frozenGroups(freezeTo, 3))).toEqual([0, 1, 2, 2, 1, 0]);
    expect([frozenGroups(9, 3), frozenGroups(-9, 3)]).toEqual([3, 0]);
  });
});
