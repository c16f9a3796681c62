import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInThisContext } from 'node:vm';
import { afterEach, expect, it, vi } from 'vitest';

const original = globalThis.Function;
afterEach(() => {
  globalThis.Function = original;
});
const read = (name: string): string =>
  readFileSync(path.resolve(import.meta.dirname, '../../renderer', name), 'utf8');

it('has the schemas of the contract made and used without eval, which the policy of the pages would report', async () => {
  const compiled = vi.fn();
  globalThis.Function = new Proxy(original, {
    construct(target, args: string[]) {
      compiled(args);
      return Reflect.construct(target, args);
    },
  });
  runInThisContext(read('public/no-eval.js'));
  const { recipeSchema } = await import('../../electron/contract/recipe.ts');
  const { messageSchema } = await import('../../electron/rpc/protocol.ts');
  recipeSchema.safeParse({});
  messageSchema.parse({ kind: 'hello', version: 1 });
  expect(compiled).not.toHaveBeenCalled();
});

it('is the first script of the page', () => {
  expect(/<script[^>]*src="([^"]*)"/.exec(read('index.html'))![1]).toBe('/no-eval.js');
});
