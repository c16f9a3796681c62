import { expect, it } from 'vitest';
import { openCommand } from '../../../electron/cli/open-browser.ts';

it.each([
  ['linux', 'xdg-open', ['http://127.0.0.1:1/?token=x']],
  ['darwin', 'open', ['http://127.0.0.1:1/?token=x']],
  ['win32', 'cmd', ['/d', '/s', '/c', '"start "" "http://127.0.0.1:1/?token=x""']],
] as const)('opens an address on %s', (platform, command, args) => {
  expect(openCommand('http://127.0.0.1:1/?token=x', platform)).toEqual({ command, args });
});
