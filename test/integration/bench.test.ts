import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

const main = path.resolve(import.meta.dirname, '../bench/main.ts');
const tiny = '--architecture cifar_resnet8 --stem small-stride2 --width 4 --size 16 --batch-size 4'.split(
  ' ',
);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'distill-bench-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  );
}

const time = z.number().positive();
const outcome = z.object({
  machine: z.object({ cpu: z.string().min(1), cores: z.number().int().min(1) }),
  reports: z.tuple([
    z.object({
      bench: z.literal('step'),
      workload: z.object({ size: z.literal(16), batchSize: z.literal(4) }),
      sides: z.array(
        z.object({
          name: z.string(),
          // One turn of two steps.
          turns: z.tuple([z.tuple([time, time])]),
          ready: z.object({ parameters: z.number(), warmUpMs: z.array(time).min(1) }),
          step: z.object({ median: time }),
        }),
      ),
      ratios: z.tuple([]),
    }),
  ]),
});

test('a step is measured and written down', async () => {
  const file = path.join(folder, 'step.json');
  const args = [...tiny, '--steps', '2', '--rounds', '1', '--trace', 'both', '--json', file];
  const { code, stdout, stderr } = await bench('step', ...args);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('images/s');
  const { reports } = outcome.parse(JSON.parse(await readFile(file, 'utf8')));
  const { sides } = reports[0];
  expect(sides.map(({ name }) => name)).toEqual(['traced', 'eager']);
  for (const { turns, step } of sides) expect(step.median).toBeCloseTo((turns[0][0] + turns[0][1]) / 2);
  // Computed by hand: 3 -> 4 -> 4 -> 8 -> 16 channels in 3x3 convolutions, two projections, 43 outputs.
  const convolutions = 9 * (12 + 2 * 16 + 32 + 64 + 128 + 256) + 32 + 128;
  const norms = 2 * (3 * 4 + 3 * 8 + 3 * 16);
  expect(sides[0]!.ready.parameters).toBe(convolutions + norms + 17 * 43);
});

/** Runs a bench and reads what it wrote down. */
async function reportOf<T>(schema: z.ZodType<T>, name: string, ...args: string[]): Promise<T> {
  const file = path.join(folder, `${name}.json`);
  const { code, stderr } = await bench(name, ...args, '--json', file);
  expect(code, stderr).toBe(0);
  const { reports } = z
    .object({ reports: z.tuple([z.object({ bench: z.literal(name) }).loose()]) })
    .parse(JSON.parse(await readFile(file, 'utf8')));
  return schema.parse(reports[0]);
}

test('distillation steps, their logits computed and looked up', async () => {
  const turns = z.array(z.array(time).length(1)).length(1);
  const side = z.object({
    name: z.string(),
    turns,
    ready: z.object({ details: z.string(), teacherParameters: z.number().nullable() }),
  });
  const schema = z.object({ sides: z.array(side) });
  const { sides } = await reportOf(schema, 'kd', ...tiny, '--steps', '1', '--rounds', '1');
  expect(sides.map(({ name }) => name)).toEqual(['traced', 'traced, stored logits']);
  for (const { ready } of sides) expect(ready.details).toMatch(/, traced$/);
  // torchvision's resnet34 has 21,797,672 parameters with 1000 outputs; here there are 43.
  expect(sides.map(({ ready }) => ready.teacherParameters)).toEqual([21_797_672 - 957 * 513, null]);
});

test('every formulation of a convolution, one of each pass and layout chosen', async () => {
  const way = z.object({
    way: z.string(),
    pass: z.string(),
    layout: z.string(),
    chosen: z.boolean(),
    times: z.tuple([time]),
  });
  const schema = z.object({
    networks: z.tuple([z.object({ layers: z.array(z.object({ ways: z.array(way) })) })]),
  });
  const network = ['--architecture', 'cifar_resnet8', '--width', '16', '--size', '16', '--batch-size', '4'];
  const { networks } = await reportOf(schema, 'kernels', ...network, '--repeats', '1', '--only', '3x3, 2');
  const { layers } = networks[0];
  expect(layers).toHaveLength(2);
  for (const { ways } of layers) {
    const kinds = new Set(ways.map(({ pass, layout }) => `${pass} ${layout}`));
    const chosen = ways.filter((each) => each.chosen).map(({ pass, layout }) => `${pass} ${layout}`);
    expect(new Set(ways.map(({ pass }) => pass)).size).toBe(3);
    expect(chosen.toSorted()).toEqual([...kinds].toSorted());
    expect(ways.length).toBeGreaterThan(chosen.length);
  }
});

test.skipIf(process.platform !== 'linux')('memory of a process that takes steps', async () => {
  const row = z.object({ peakBytes: z.number(), residentBytes: z.array(z.number()) });
  const schema = z.object({ rows: z.tuple([row]), growth: row, growthRatio: z.number() });
  const { rows, growth, growthRatio } = await reportOf(schema, 'memory', ...tiny, '--steps', '21');
  expect(rows[0].peakBytes).toBeGreaterThan(50e6);
  expect(growth.residentBytes).toHaveLength(2);
  expect(growthRatio).toBeCloseTo(growth.residentBytes[1]! / growth.residentBytes[0]!, 10);
});

test('a peer that cannot be had is named', async () => {
  const file = path.join(folder, 'peer.json');
  const { code, stderr } = await bench(
    'step',
    ...tiny,
    '--peer',
    'pytorch',
    '--python',
    'no-such-python',
    '--json',
    file,
  );
  expect(code).toBe(1);
  expect(stderr).toContain('PyTorch did not run in "no-such-python"');
  expect(stderr).toContain('CONTRIBUTING.md');
  expect(existsSync(file)).toBe(false);
});
