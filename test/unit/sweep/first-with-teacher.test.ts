import { expect, test } from 'vitest';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { FirstWithTeacher } from '../../../electron/engine/sweep/first-with-teacher.ts';

const recipeOf = (path: string) =>
  recipeSchema.parse({
    version: 2,
    name: 'small',
    teacher: { source: 'run', path },
    student: { model: { architecture: 'cifar_resnet8' } },
  });
const given = (path: string) => ({ recipe: recipeOf(path), teacherKey: null });

test('of the members with one given teacher the others begin when the first has ended, even if it fails', async () => {
  const firsts = new FirstWithTeacher();
  const begun: string[] = [];
  const ends = new Map<string, (isFailed: boolean) => void>();
  const run = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve, reject) =>
      ends.set(name, (isFailed) => (isFailed ? reject(new Error(name)) : resolve(name))),
    );
  };
  const first = firsts.inTurn(given('/a'), run('a1'));
  const second = firsts.inTurn(given('/a'), run('a2'));
  const third = firsts.inTurn(given('/a'), run('a3'));
  void firsts.inTurn(given('/b'), run('b1'));
  void firsts.inTurn({ ...given('/a'), teacherKey: 'trained here' }, run('trained'));
  expect(begun).toEqual(['a1', 'b1', 'trained']);
  ends.get('a1')!(true);
  await expect(first).rejects.toThrow('a1');
  await Promise.resolve();
  expect(begun).toEqual(['a1', 'b1', 'trained', 'a2', 'a3']);
  ends.get('a2')!(false);
  ends.get('a3')!(false);
  expect([await second, await third]).toEqual(['a2', 'a3']);
});
