import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { recipeSchema } from '../../../../electron/contract/recipe.ts';
import { fieldHelp } from '../../../../renderer/help/fields.ts';

/** Of a recipe that is written: the fields that are filled in one by one. A list is one field, but for the stages. */
function leaves(schema: z.core.$ZodType, path = ''): string[] {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([name, inner]) =>
      leaves(inner, path === '' ? name : `${path}.${name}`),
    );
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodOptional
  )
    return leaves(schema.unwrap(), path);
  if (schema instanceof z.ZodPipe) return leaves(schema.out, path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => leaves(option, path));
  if (schema instanceof z.ZodArray && /(\.training\.stages|\.terms)$/.test(`.${path}`))
    return leaves(schema.element, `${path}[0]`);
  return [path];
}

const written = [...new Set(leaves(recipeSchema.options[0]))].filter((path) => path !== 'version');

describe('the help of the fields', () => {
  it('finds the fields of a recipe', () => {
    expect(written).toEqual(
      expect.arrayContaining([
        'data.augment.flip.p',
        'data.reading.columns.file',
        'teacher.role',
        'teacher.model.stem',
        'student.training.stages[0].freezeTo',
        'student.training.earlyStop.patience',
        'distillation.terms[0].temperature',
        'evaluation.tta.counts',
      ]),
    );
  });

  it.each(written)('%s has one', (path) => {
    const help = fieldHelp(path);
    expect(help?.what, path).toMatch(/^[A-Z].+\.$/);
    expect(help?.unsure, path).toMatch(/\.$/);
  });

  it('is there for everything that the wizard shows it for', () => {
    const asked = globSync('renderer/views/wizard/**/*.vue').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/<\w+[^<>]*?\s:?(?:path|field|help)="([^"]+)"/g)]
        .map(([, value = '']) => value.replaceAll('`', '').replace(/^\$\{role\}/, 'student'))
        .filter(
          (value) => /^[a-zA-Z]+(\.[a-zA-Z.[\]0-9]+)?$/.test(value) && !/^(path|help|field)$/.test(value),
        )
        .map((value) => ({ file, value })),
    );
    expect(asked.length).toBeGreaterThan(30);
    // A component that is given a group of fields shows the help of each.
    const isGroup = (value: string) => written.some((path) => path.startsWith(`${value}.`));
    expect(asked.filter(({ value }) => fieldHelp(value) === null && !isGroup(value))).toEqual([]);
  });

  it("a part of a list has the list's; what is no field has none", () => {
    expect(fieldHelp('student.training.schedule.momentum[1]')).toEqual(
      fieldHelp('student.training.schedule.momentum'),
    );
    expect(fieldHelp('student.training.stages[3].learningRate[0]')).toEqual(
      fieldHelp('teacher.training.stages[0].learningRate'),
    );
    expect(fieldHelp('data.image.nothing')).toBeNull();
  });
});
