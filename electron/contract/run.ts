import { z } from 'zod';

/** What both sides of the border know of a run. */

export const roles = ['teacher', 'student', 'baseline'] as const;
export type Role = (typeof roles)[number];
export const roleSchema = z.enum(roles);

/** How a run at work is to end before its time; see `runs.stop`. */
export const stopModes = ['cancel', 'pause', 'finish'] as const;
export type StopMode = (typeof stopModes)[number];

export const runStates = [
  'queued',
  'running',
  'stopping',
  'completed',
  'cancelled',
  'failed',
  'interrupted',
] as const;
export type RunState = (typeof runStates)[number];

export type Phase = 'import' | 'decode' | Role | 'evaluate' | 'export';
