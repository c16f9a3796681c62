import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DistillError } from '../../electron/contract/errors.ts';
import { modelSource } from '../../electron/engine/export/pytorch/model-source.ts';
import { inferenceGraph } from '../../electron/engine/models/inference/trace.ts';
import { packageRoot } from '../../electron/platform/resources.ts';
import path from 'node:path';
import type { Workload } from './workload.ts';

/**
 * What a process reports once it is warm. Processes talk in lines of JSON: this first, then `{"times": [...]}` for every
 * `{"steps": n}` that they are sent. They end when their standard input does.
 */
export const readySchema = z.object({
  /** Versions, and what else distinguishes one measurement from another. */
  details: z.string(),
  /** Numbers that training may change. */
  parameters: z.number().int(),
  /** null without a teacher. */
  teacherParameters: z.number().int().nullable(),
  /** Everything before the first step: library, model, data; ms. */
  setUpMs: z.number(),
  /** The steps before anything is measured, in order; graphs are built in them; ms. */
  warmUpMs: z.array(z.number()),
});

export type Ready = z.output<typeof readySchema>;

const burstSchema = z.object({ times: z.array(z.number()) });

/** A process of its own that computes steps when it is asked to, and sleeps in between. */
export interface Participant {
  name: string;
  pid: number;
  ready: Ready;
  /** Computes so many steps; ms of each. */
  burst(steps: number): Promise<number[]>;
  close(): Promise<void>;
}

export interface Program {
  name: string;
  command: string;
  arguments: readonly string[];
  /** What a process that ends too early is reported as. */
  failure: (log: string) => DistillError;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** The log's end is enough to say what went wrong. */
const logLength = 4000;

/** Starts a process and waits until it is warm. Throws what `failure` makes of a process that ends too early. */
export async function startParticipant({
  name,
  command,
  arguments: given,
  failure,
}: Program): Promise<Participant> {
  const child: Child = spawn(command, given, { stdio: ['pipe', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-logLength)));
  // Writing to a process that has gone is reported by its end.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      log += error.message;
      resolve();
    });
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const response = async <T>(schema: z.ZodType<T>): Promise<T> => {
    const line = await lines.next();
    if (line.done === true) {
      await ended;
      throw failure(log.trim());
    }
    return schema.parse(JSON.parse(line.value));
  };
  const close = async () => {
    child.stdin.end();
    await ended;
  };
  try {
    const ready = await response(readySchema);
    const burst = async (steps: number) => {
      child.stdin.write(`${JSON.stringify({ steps })}\n`);
      return (await response(burstSchema)).times;
    };
    return { name, pid: child.pid!, ready, burst, close };
  } catch (error) {
    if (child.pid !== undefined) child.kill();
    await ended;
    throw error;
  }
}

/** This program's training step. */
export function ours(name: string, workload: Workload): Program {
  return {
    name,
    command: process.execPath,
    arguments: [fileURLToPath(new URL('worker.ts', import.meta.url)), JSON.stringify(workload)],
    failure: (log) => new DistillError('INTERNAL', `The measured process "${name}" ended too early: ${log}`),
  };
}

export const memoryFormats = ['contiguous', 'channels_last'] as const;

export interface PeerSettings {
  python: string;
  format: (typeof memoryFormats)[number];
  /** Adam's fused form; null: whichever is faster here. */
  fused: boolean | null;
  /** Networks in Python, by architecture: `sourcesOf`. */
  sources: Record<string, string>;
}

/** What the engine exports for PyTorch of a workload's networks. */
export async function sourcesOf({
  student,
  teacher,
  classes,
  size,
}: Workload): Promise<PeerSettings['sources']> {
  const recipes = [student, ...(teacher ? [teacher] : [])];
  const texts = recipes.map(async (recipe) => {
    const graph = inferenceGraph(recipe, classes, size);
    return [recipe.architecture, await modelSource({ recipe, graph })] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

/** The same step in PyTorch, eager, in one of its memory formats. */
export function pytorch(workload: Workload, { python, format, fused, sources }: PeerSettings): Program {
  const script = path.join(packageRoot(), 'test', 'bench', 'pytorch', 'peer.py');
  return {
    name: `PyTorch ${format === 'contiguous' ? 'NCHW' : format}`,
    command: python,
    arguments: [script, JSON.stringify({ ...workload, format, fused, sources })],
    failure: (log) =>
      new DistillError(
        'BACKEND_UNAVAILABLE',
        `PyTorch did not run in "${python}": ${log.split('\n').at(-1) ?? ''}`,
        'Name a Python that has PyTorch with --python; CONTRIBUTING.md, "Measuring speed", describes how to get one.',
      ),
  };
}
