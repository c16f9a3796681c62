import path from 'node:path';
import { expect, test } from 'vitest';
import { userFolder } from '../../../electron/platform/user-folder.ts';

test("is the system's place for data, unless the user names another", () => {
  const at = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform) => userFolder(env, platform, '/home/ann');
  expect(at({}, 'linux')).toBe(path.join('/home/ann/.local/share/distill-studio'));
  expect(at({ XDG_DATA_HOME: '/data' }, 'linux')).toBe(path.join('/data/distill-studio'));
  expect(at({ XDG_DATA_HOME: 'data' }, 'linux')).toBe(path.join('/home/ann/.local/share/distill-studio'));
  expect(at({}, 'darwin')).toBe(path.join('/home/ann/Library/Application Support/Distill Studio'));
  expect(at({ LOCALAPPDATA: '/local' }, 'win32')).toBe(path.join('/local/Distill Studio'));
  expect(at({ DISTILL_DATA_DIR: '/elsewhere', XDG_DATA_HOME: '/data' }, 'linux')).toBe(
    path.resolve('/elsewhere'),
  );
});
