import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { methodNames } from '../../../electron/contract/methods.ts';
import { groupModules } from '../../../electron/engine/torch-project/parameter-groups.ts';
import { resource } from '../../../electron/platform/resources.ts';

test('every distillation method has its loss in the project', () => {
  const source = readFileSync(resource('torch', 'losses.py'), 'utf8');
  const methods = [...source.matchAll(/term\["method"\] == "([\w-]+)"/g)].map(([, name]) => name!);
  expect(methods.toSorted()).toEqual(methodNames.toSorted());
});

test('a module that is in one group is named as a whole, one that is divided by its parts', () => {
  const parameters = [
    ['stem.weight', 0],
    ['features.1.conv.weight', 0],
    ['features.10.conv.weight', 1],
    ['features.10.norm.weight', 1],
    ['layer_scale', 1],
    ['fc.weight', 2],
  ] as const;
  expect(groupModules(parameters.map(([name, group]) => ({ name, group })))).toEqual([
    ['stem', 'features.1'],
    ['features.10', 'layer_scale'],
    ['fc'],
  ]);
});
