import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../../../electron/contract/shell-word.ts';

describe('shellWord', () => {
  it
    .skipIf(process.platform === 'win32')
    .each([
      'plain',
      'a b',
      "it's",
      '$HOME `x` "y"',
      '/data/Schilder (neu)/é.json',
      'a\\b c',
      'a b\\',
      '"\\$x',
      '',
    ])('comes through a shell as it is: %j', (word) => {
    expect(execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' })).toBe(word);
  });
  it('uses double quotes for paths of Windows', () => {
    expect(shellWord('C:\\My Data\\signs')).toBe('"C:\\My Data\\signs"');
    expect(shellWord('runs\\my run')).toBe('"runs\\my run"');
  });
});
