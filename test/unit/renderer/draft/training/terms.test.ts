import { describe, expect, it } from 'vitest';
import { distillationTermSchema } from '../../../../../electron/contract/methods.ts';
import { methodNames } from '../../../../../electron/contract/methods.ts';
import { newTerm, pairedStages } from '../../../../../renderer/draft/training/terms.ts';

const layers = (count: number) => Array.from({ length: count }, (_, i) => `layer${i + 1}`);
const pairs = (student: number, teacher: number) =>
  pairedStages({ student: layers(student), teacher: layers(teacher) }).map(
    (pair) => `${pair.student.at(-1)!}${pair.teacher.at(-1)!}`,
  );

describe('pairs of stages', () => {
  it.each([
    [3, 3, ['11', '22', '33']],
    [4, 3, ['11', '22', '32', '43']],
    [3, 4, ['11', '23', '34']],
    [2, 0, []],
  ])('%i of the student with %i of the teacher', (student, teacher, expected) =>
    expect(pairs(student, teacher)).toEqual(expected),
  );
  it('are not guessed where stages are not known', () => {
    expect(pairedStages({ student: layers(3), teacher: null })).toEqual([]);
  });
});

describe('a new term', () => {
  it.each(methodNames)('of %s is one that a recipe may have', (method) => {
    const term = newTerm(method, { student: layers(3), teacher: layers(4) });
    expect(distillationTermSchema.parse(term)).toEqual(term);
  });
  it('of FitNet hints takes the middle of both networks', () => {
    expect(newTerm('fitnet', { student: layers(3), teacher: layers(3) })).toMatchObject({
      student: 'layer2',
      teacher: 'layer2',
    });
  });
  it('leaves stages that are not known to be filled in', () => {
    const term = newTerm('attention', { student: null, teacher: null });
    expect(distillationTermSchema.safeParse(term).success).toBe(false);
  });
});
