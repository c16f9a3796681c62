import { describe, expect, it } from 'vitest';
import { type Recipe, recipeSchema } from '../../../electron/contract/recipe.ts';
import type { ModelRecipe } from '../../../electron/contract/recipe/model.ts';
import { type TeacherRecipe, teacherSchema } from '../../../electron/contract/recipe/teacher.ts';
import { networkOfTeacher } from '../../../electron/contract/teacher-network.ts';

describe('networkOfTeacher', () => {
  const recipe = recipeSchema.parse({
    version: 1,
    name: 'r',
    teacher: { source: 'run', path: 'first' },
    student: { model: { architecture: 'cifar_resnet8' }, training: { stages: [{ epochs: 1 }] } },
  });
  const wide: ModelRecipe = { architecture: 'resnet34', width: null, stem: 'imagenet', head: 'linear' };
  const from = (path: string, role: 'teacher' | 'student' = 'teacher'): TeacherRecipe => ({
    source: 'run',
    path,
    role,
  });
  const runs: Record<string, Pick<Recipe, 'teacher' | 'student'>> = {
    first: { ...recipe, teacher: teacherSchema.parse({ source: 'weights', path: '/w.pth', model: wide }) },
    second: { ...recipe, teacher: from('first') },
    third: { ...recipe, teacher: from('second', 'student') },
    round: { ...recipe, teacher: from('round') },
  };
  const find = (teacher: TeacherRecipe) =>
    networkOfTeacher(teacher, (folder) =>
      runs[folder] ? Promise.resolve(runs[folder]) : Promise.reject(new Error(`no ${folder}`)),
    );

  it('follows teachers from run to run', async () => {
    expect(await find(from('second'))).toEqual(wide);
    expect(await find(from('third'))).toEqual(recipe.student.model);
    expect(await find(from('first', 'student'))).toEqual(recipe.student.model);
  });
  it('gives null for a run that is gone', async () => {
    expect(await networkOfTeacher(from('gone'), () => Promise.resolve(null))).toBeNull();
  });
  it('gives up where runs name each other, or none is named', async () => {
    expect(await find(from('round'))).toBeNull();
    expect(await find(from(''))).toBeNull();
    await expect(find(from('gone'))).rejects.toThrow('no gone');
  });
});
