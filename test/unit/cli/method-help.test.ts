import { Command } from 'commander';
import { expect, test } from 'vitest';
import { methodHelp } from '../../../electron/cli/method-help.ts';
import { optimizerDescriptors } from '../../../electron/contract/optimizers.ts';
import { distillationTermSchema } from '../../../electron/contract/methods.ts';

test('the help lists every method that a recipe may name and every optimiser, in lines that fit a terminal', () => {
  const lines = methodHelp({ command: new Command('run') }).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  const methods = distillationTermSchema.options.map(({ shape }) => shape.method.value);
  for (const name of [...methods, ...Object.keys(optimizerDescriptors)])
    expect(lines.some((line) => line.trimStart().startsWith(name))).toBe(true);
});
