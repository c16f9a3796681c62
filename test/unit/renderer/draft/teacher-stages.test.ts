import { expect, test } from 'vitest';
import type { FeatureMapInFile } from '../../../../electron/contract/exported.ts';
import { stageRows, withStage } from '../../../../renderer/draft/teacher-stages.ts';

const offered: FeatureMapInFile[] = [
  { tensor: '/a', shape: [28, 28, 64] },
  { tensor: '/b', shape: [14, 14, 128] },
  { tensor: '/c', shape: [7, 7, 256] },
];

test('stages are chosen and left out in the order of the graph, whatever the order of choosing', () => {
  const one = withStage(stageRows({}, offered), '/c', true);
  expect(one).toEqual({ stage3: '/c' });
  const two = withStage(stageRows(one, offered), '/a', true);
  expect(Object.entries(two)).toEqual([
    ['stage1', '/a'],
    ['stage3', '/c'],
  ]);
  expect(withStage(stageRows(two, offered), '/a', false)).toEqual(one);
});

test('what the recipe names stays: its names, and tensors that are not offered', () => {
  const features = { stage2: '/elsewhere', layer3: '/c' };
  const rows = stageRows(features, offered);
  expect(rows.map(({ name, shape, isChosen }) => [name, shape?.[2] ?? null, isChosen])).toEqual([
    ['stage2', null, true],
    ['stage1', 64, false],
    ['stage2 of the file', 128, false],
    ['layer3', 256, true],
  ]);
  expect(withStage(rows, '/b', true)).toEqual({ ...features, 'stage2 of the file': '/b' });
  expect(stageRows(features, null)).toHaveLength(2);
});
