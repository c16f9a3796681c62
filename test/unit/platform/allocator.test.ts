import { expect, it } from 'vitest';
import { keepsFreedMemory, withAllocatorSettings } from '../../../electron/platform/allocator.ts';

const env = withAllocatorSettings({ HOME: '/home/a' });

it("says that freed memory is kept only where the C library's own allocator was told to", () => {
  expect(keepsFreedMemory({ platform: 'linux', env, versions: {} })).toBe(true);
  expect(keepsFreedMemory({ platform: 'linux', env: { HOME: '/home/a' }, versions: {} })).toBe(false);
  expect(keepsFreedMemory({ platform: 'darwin', env, versions: {} })).toBe(false);
});

it("says no in Electron, where Chromium's allocator takes no notice of the settings", () => {
  expect(keepsFreedMemory({ platform: 'linux', env, versions: { electron: '45.4.1' } })).toBe(false);
});
