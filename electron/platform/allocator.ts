/**
 * glibc gives large blocks back to the system when they are freed, and faults them in again, page by page, when they are asked for
 * again: a third of a training step. With these settings it keeps them, in large pages where the system has them to give (a tenth
 * of a MobileNetV2's step). They are read when a process starts.
 */
const settings = {
  MALLOC_MMAP_THRESHOLD_: '2000000000',
  MALLOC_TRIM_THRESHOLD_: '4000000000',
  MALLOC_ARENA_MAX: '2',
} as const;

/** glibc 2.35 and later; earlier ones and other libraries take no notice. */
const largePages = 'glibc.malloc.hugetlb=1';

/** The environment for a process that computes. */
export function withAllocatorSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const tunables = env['GLIBC_TUNABLES'];
  const isSet = tunables?.includes('glibc.malloc.hugetlb') === true;
  const merged = isSet ? tunables : [tunables, largePages].filter(Boolean).join(':');
  return { ...env, ...settings, GLIBC_TUNABLES: merged };
}

/**
 * MiB of each half of V8's young generation, which would otherwise grow to 16: the engine's numbers live outside its heap. Not for
 * Electron's utility processes, whose heap is made before their arguments are read (docs/packaging.md).
 */
export const heapFlags = ['--max-semi-space-size=4'] as const;

type ProcessLike = Pick<NodeJS.Process, 'platform' | 'env'> & {
  versions: Readonly<Record<string, string | undefined>>;
};

/** Whether the C library of this process keeps freed memory. In Electron Chromium's allocator stands in its place, which reads no settings. */
export const keepsFreedMemory = ({ platform, env, versions }: ProcessLike = process): boolean =>
  platform === 'linux' &&
  versions['electron'] === undefined &&
  Object.keys(settings).every((name) => env[name] !== undefined);

/**
 * Restarts this process with the settings, where they would help and Node can: from 22.15 on, on Linux. Elsewhere training takes
 * more memory, not more time.
 */
export function restartWithAllocatorSettings(): void {
  const { execve } = process as { execve?: typeof process.execve };
  if (process.platform !== 'linux' || !execve || keepsFreedMemory()) return;
  const args = [process.execPath, ...heapFlags, ...process.execArgv, ...process.argv.slice(1)];
  execve.call(process, process.execPath, args, withAllocatorSettings(process.env));
}
