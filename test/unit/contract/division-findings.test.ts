import { describe, expect, it } from 'vitest';
import { divisionFindings, type Planned } from '../../../electron/contract/division-findings.ts';
import { type RecipeInput, recipeSchema } from '../../../electron/contract/recipe.ts';

const model = { architecture: 'cifar_resnet8' } as const;
const enough = { batchSize: 16, stages: [{ epochs: 100 }] };

const recipeOf = (parts: Partial<RecipeInput> = {}) =>
  recipeSchema.parse({
    version: 2,
    name: 'any',
    teacher: { source: 'train', model, training: enough },
    student: { model, training: enough },
    ...parts,
  });

type Counts = [train: number, validation: number, test: number];
const classesOf = (counts: Counts[], tracksTrain = 0): Planned['classes'] =>
  counts.map(([train, validation, test], id) => ({
    name: `class ${id}`,
    seen: train > 0,
    train,
    validation,
    test,
    tracksTrain,
  }));

const found = (counts: Counts[], parts: Partial<Planned> = {}) =>
  divisionFindings({ recipe: recipeOf(), classes: classesOf(counts), ...parts });
const codes = (...input: Parameters<typeof found>) =>
  found(...input).map(({ severity, code }) => `${severity} ${code}`);

describe('what keeps a run from starting', () => {
  it('has nothing against a good division', () => {
    expect(
      found([
        [80, 20, 100],
        [90, 20, 100],
      ]),
    ).toEqual([]);
  });

  it('refuses data without training images, with one class only, and without test images', () => {
    expect(
      codes([
        [0, 0, 5],
        [0, 0, 5],
      ]),
    ).toEqual(['error no-training-images']);
    expect(codes([[80, 20, 100]])).toEqual(['error one-class']);
    expect(
      codes([
        [12, 0, 0],
        [12, 0, 0],
      ]),
    ).toEqual(['error no-test-images']);
  });

  it('names tracks where they are the reason, and the field to mend', () => {
    const tracked = {
      classes: classesOf(
        [
          [12, 0, 0],
          [12, 0, 0],
        ],
        1,
      ),
    };
    expect(found([], tracked)[0]).toMatchObject({
      field: 'data.path',
      message: expect.stringContaining('track') as string,
    });
    const recipe = recipeOf({ data: { trainClasses: [1] } });
    expect(
      found(
        [
          [0, 0, 9],
          [80, 20, 100],
        ],
        { recipe },
      )[0],
    ).toMatchObject({
      code: 'one-class',
      field: 'data.trainClasses',
    });
  });
});

describe('what is likely to disappoint', () => {
  it('names classes without training images, but not those that were left out', () => {
    const classes = classesOf([
      [80, 20, 100],
      [80, 20, 100],
      [0, 0, 4],
    ]);
    expect(found([], { classes })[0]!.message).toMatch(/^“class 2” has no training image/);
    expect(found([], { classes, recipe: recipeOf({ data: { trainClasses: [0, 1] } }) })).toEqual([]);
  });

  it('reports a validation set of one image a class, or none, unless nothing was to be held out', () => {
    const one: Counts[] = [
      [80, 1, 100],
      [80, 1, 100],
    ];
    expect(codes(one)).toEqual(['warning single-validation-images']);
    const none: Counts[] = [
      [80, 0, 100],
      [80, 0, 100],
    ];
    expect(codes(none)).toEqual(['warning no-validation-images']);
    expect(codes(none, { recipe: recipeOf({ data: { split: { method: 'all' } } }) })).toEqual([]);
  });

  it('reports classes with few or no images, and what a small test set is worth', () => {
    const findings = found([
      [80, 20, 10],
      [9, 2, 0],
    ]);
    expect(findings.map(({ code }) => code)).toEqual([
      'few-training-images',
      'untested-classes',
      'small-test',
    ]);
    // Wilson's interval for 9 of 10.
    expect(findings[2]!.message).toContain('60 % or 98 %');
  });

  it('counts steps, and suggests how many epochs would do', () => {
    const training = { batchSize: 64, stages: [{ epochs: 8 }] };
    const recipe = recipeOf({ student: { model, training } });
    const findings = found(
      [
        [77, 20, 100],
        [77, 20, 100],
      ],
      { recipe },
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      field: 'student.training.stages',
      message: "The student's training has 16 steps in all: too few to learn from.",
      hint: 'Train for 167 epochs in batches of 16: that is 1,503 steps.',
    });
    // Weights that have learnt something need few steps.
    const started = recipeOf({ student: { model, training, weights: 'some.pth' } });
    expect(
      codes(
        [
          [77, 20, 100],
          [77, 20, 100],
        ],
        { recipe: started },
      ),
    ).toEqual([]);
  });

  it('counts the images of a teacher that learns more classes', () => {
    const few: Counts[] = [
      [10, 5, 100],
      [10, 5, 100],
    ];
    const counted = (teacherImages: number | null) =>
      found(few, { teacherImages }).map(({ code, field }) => `${code} ${field}`);
    expect(counted(null)).toEqual(['few-steps teacher.training.stages', 'few-steps student.training.stages']);
    expect(counted(1000)).toEqual(['few-steps student.training.stages']);
  });

  it('reports a student that is larger than its teacher', () => {
    const good: Counts[] = [
      [80, 20, 100],
      [80, 20, 100],
    ];
    expect(codes(good, { parameters: { teacher: 10, student: 11 } })).toEqual(['warning student-larger']);
    expect(codes(good, { parameters: { teacher: 10, student: 10 } })).toEqual([]);
    expect(codes(good, { parameters: { teacher: null, student: 10 } })).toEqual([]);
  });
});
