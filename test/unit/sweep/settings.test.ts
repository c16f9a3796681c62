import { describe, expect, it } from 'vitest';
import { optimizerSchema } from '../../../electron/contract/optimizers.ts';
import { type Sweep, sweepSchema, type SweepInput } from '../../../electron/contract/sweep/sweep.ts';
import { memberCount } from '../../../electron/contract/sweep/sweep-size.ts';
import { membersOf } from '../../../electron/engine/sweep/members.ts';
import { eachSetting } from '../../../electron/engine/sweep/settings.ts';
import { smallRecipe } from '../../support/small-run.ts';

const settingsOf = (sweep: Sweep) => [...eachSetting(sweep)];

const sweepOf = (parts: Partial<SweepInput>) =>
  sweepSchema.parse({ version: 1, name: 'sweep', base: smallRecipe(), ...parts });

const temperature = {
  name: 'temperature',
  field: 'distillation.terms[0].temperature',
  values: [2, 8],
};
const method = {
  name: 'method',
  patches: {
    soft: {},
    logits: { distillation: { terms: [{ method: 'logits', weight: 0.5 }] } },
  },
};
const rate = {
  name: 'rate',
  field: 'student.training.stages[0].learningRate',
  from: 0.001,
  to: 0.1,
  scale: 'log' as const,
};

describe('the settings of a sweep', () => {
  it('are every combination, the last axis changing fastest', () => {
    const settings = settingsOf(
      sweepOf({
        axes: [
          temperature,
          { ...method, patches: { soft: {}, slow: { student: { training: { batchSize: 16 } } } } },
        ],
      }),
    );
    expect(settings.map(({ values }) => values)).toEqual([
      { temperature: '2', method: 'soft' },
      { temperature: '2', method: 'slow' },
      { temperature: '8', method: 'soft' },
      { temperature: '8', method: 'slow' },
    ]);
    expect(settings.map(({ recipe }) => recipe.student.training.batchSize)).toEqual([32, 16, 32, 16]);
    expect(settings.map(({ recipe }) => recipe.distillation.terms[0])).toEqual(
      [2, 2, 8, 8].map((value) => expect.objectContaining({ temperature: value }) as unknown),
    );
  });

  it('are the base alone without axes', () => {
    const [only, ...others] = settingsOf(sweepOf({}));
    expect(others).toEqual([]);
    expect(only).toEqual({ values: {}, recipe: smallRecipe() });
  });

  it('replace lists as a whole and leave the base as it was', () => {
    const sweep = sweepOf({ axes: [method] });
    const before = structuredClone(sweep.base);
    const [soft, logits] = settingsOf(sweep);
    expect(soft!.recipe).toEqual(before);
    expect(logits!.recipe.distillation.terms).toEqual([
      expect.objectContaining({ method: 'logits', weight: 0.5 }),
    ]);
    expect(sweep.base).toEqual(before);
  });

  it('replace a whole union when its kind changes', () => {
    const patches = { other: { teacher: { source: 'run', path: '/runs/teacher' } } };
    const [other] = settingsOf(sweepOf({ axes: [{ name: 'teacher', patches }] }));
    expect(other!.recipe.teacher).toEqual({ source: 'run', path: '/runs/teacher', role: 'teacher' });
    const optimizers = { sgd: { student: { training: { optimizer: { name: 'sgd' } } } } };
    const [sgd] = settingsOf(sweepOf({ axes: [{ name: 'optimiser', patches: optimizers }] }));
    expect(sgd!.recipe.student.training.optimizer).toEqual(optimizerSchema.parse({ name: 'sgd' }));
  });

  it('are drawn without repetition from a grid, and alike for equal seeds', () => {
    const grid = {
      axes: [
        temperature,
        { ...temperature, name: 'epochs', field: 'student.training.stages[0].epochs', values: [1, 2, 3, 4] },
      ],
    };
    const draw = (seed: number) =>
      settingsOf(sweepOf({ ...grid, draw: { count: 5, seed } })).map(({ values }) => JSON.stringify(values));
    expect(new Set(draw(1)).size).toBe(5);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(settingsOf(sweepOf({ ...grid, draw: { count: 99 } }))).toHaveLength(8);
  });

  it('are drawn from a range, on a logarithmic scale as often from each decade', () => {
    const settings = settingsOf(sweepOf({ axes: [rate], draw: { count: 200 } }));
    const rates = settings.map(({ recipe }) => recipe.student.training.stages[0]!.learningRate as number);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.001);
    expect(Math.max(...rates)).toBeLessThanOrEqual(0.1);
    const low = rates.filter((value) => value < 0.01).length;
    // 100 expected, standard deviation 7.
    expect(low).toBeGreaterThan(65);
    expect(low).toBeLessThan(135);
  });

  it.each([
    ['distillation.terms[3].temperature', 'has no field'],
    ['studnet.training.batchSize', 'has no field'],
    ['student.training.batchSiez', 'batchSiez: unknown key; did you mean "batchSize"'],
  ])('are refused with the field that no recipe has: %s', (field, message) => {
    expect(() => settingsOf(sweepOf({ axes: [{ name: 'x', field, values: [1] }] }))).toThrow(message);
  });

  it('are refused with the setting whose value is wrong', () => {
    const axes = [{ ...temperature, values: [2, -1] }];
    expect(() => settingsOf(sweepOf({ axes }))).toThrow(
      /The recipe with temperature -1 is wrong: distillation\.terms\[0\]\.temperature/,
    );
  });

  it('are refused where there are too many', () => {
    const values = Array.from({ length: 1000 }, (_, i) => i + 1);
    const axes = ['a', 'b'].map((name) => ({ name, field: 'student.training.batchSize', values }));
    expect(() => settingsOf(sweepOf({ axes }))).toThrow('1,000,000 combinations');
  });
});

describe('the file of a sweep', () => {
  it.each([
    [{ axes: [rate] }, 'a range needs "draw"'],
    [{ axes: [temperature, temperature] }, '"temperature" is there twice'],
    [{ seeds: [1, 1] }, 'a seed is there twice'],
    [{ axes: [{ ...rate, from: 0 }], draw: { count: 1 } }, 'begins above 0'],
    [{ axes: [{ ...temperature, field: 'a..b' }] }, 'must be a path'],
  ])('is refused: %j', (parts, message) => {
    const parsed = sweepSchema.safeParse({ version: 1, name: 'sweep', base: smallRecipe(), ...parts });
    expect(JSON.stringify(parsed.error?.issues)).toContain(message.replaceAll('"', '\\"'));
  });
});

describe('the members of a sweep', () => {
  const sweep = sweepOf({ axes: [temperature], seeds: [3, 4] });

  it('take every setting with one seed before the next, and divide the data alike', () => {
    const members = membersOf(sweep);
    expect(members.map(({ setting, seed }) => [setting, seed])).toEqual([
      [0, 3],
      [1, 3],
      [0, 4],
      [1, 4],
    ]);
    expect(members.map(({ recipe }) => recipe.seed)).toEqual([3, 3, 4, 4]);
    expect(members.map(({ recipe }) => recipe.data.split.seed)).toEqual([7, 7, 7, 7]);
  });

  it('share a teacher unless data or teacher differ', () => {
    expect(new Set(membersOf(sweep).map(({ teacherKey }) => teacherKey)).size).toBe(1);
    const sizes = { name: 'size', field: 'data.image.size', values: [16, 32] };
    expect(new Set(membersOf(sweepOf({ axes: [sizes] })).map(({ teacherKey }) => teacherKey)).size).toBe(2);
  });

  it('end with the budget', () => {
    expect(membersOf({ ...sweep, budget: { runs: 3, hours: null } })).toEqual(membersOf(sweep).slice(0, 3));
    expect(membersOf({ ...sweep, budget: { runs: 1, hours: null } })).toHaveLength(1);
  });

  it.each([
    { axes: [temperature, method], seeds: [1, 2, 3] },
    { axes: [], seeds: [1, 2] },
    { axes: [temperature, method], draw: { count: 3 } },
    { axes: [temperature], draw: { count: 9 } },
    { axes: [temperature, rate], draw: { count: 5 }, seeds: [1, 2], budget: { runs: 7 } },
  ])('are counted without being made: %j', (parts) => {
    const sweep = sweepOf(parts);
    expect(memberCount(sweep)).toBe(membersOf(sweep).length);
  });
});
