import { afterAll, vi } from 'vitest';

// Files that share a process share its clock: one that stops it must not stop it for the next.
afterAll(() => void vi.useRealTimers());
