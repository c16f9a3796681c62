import { Command } from 'commander';
import { expect, test } from 'vitest';
import { methodHelp } from '../../../electron/cli/method-help.ts';
import { distillationTermSchema } from '../../../electron/contract/methods.ts';

test('the help lists every method that a recipe may name, in lines that fit a terminal', () => {
  const lines = methodHelp({ command: new Command('run') }).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  for (const { shape } of distillationTermSchema.options)
    expect(lines.some((line) => line.trimStart().startsWith(shape.method.value))).toBe(true);
});
