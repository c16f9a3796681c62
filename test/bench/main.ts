/**
 * Measures this program, beside PyTorch where that is asked for: `npm run bench -- --help`. CONTRIBUTING.md, "Measuring
 * speed", describes what it needs and how to read it. Commands are loaded when they run: who starts measured processes stays
 * small itself.
 */
import { Command } from 'commander';
import { integer } from '../../electron/cli/arguments.ts';
import { meter } from '../../electron/cli/meter.ts';
import { toErrorValue } from '../../electron/contract/errors.ts';
import type { KernelOptions } from './commands/kernels.ts';
import type { MemoryOptions } from './commands/memory.ts';
import type { PipelineOptions } from './commands/pipeline.ts';
import type { SweepOptions } from './commands/sweep.ts';
import type { ComparedOptions } from './commands/step.ts';
import { machineTitle, thisMachine } from './machine.ts';
import {
  addMachineOptions,
  addPeerOptions,
  addShapeOptions,
  addTraceOption,
  addTurnOptions,
  type ShapeOptions,
} from './options.ts';
import { writeReports, type Report } from './report.ts';

const shown = meter(process.stderr);
const onRound = (done: number, total: number) => shown.update(done, total, 'measuring');

/** Prints reports as they come, and writes them with all their times. */
async function show(reports: AsyncIterable<Report> | Iterable<Report>, file: string | undefined) {
  process.stdout.write(`${machineTitle(thisMachine())}\n`);
  const written: Report[] = [];
  for await (const report of reports) {
    shown.clear();
    process.stdout.write(`\n${report.title}\n${report.text}\n`);
    written.push(report);
    // As soon as there is something, in case that a later measurement is broken off.
    if (file !== undefined) await writeReports(file, written);
  }
}

const program = new Command('bench').description(
  'measures speed and memory, in turn with a peer if one is named',
);
const command = (name: string, description: string) => program.command(name).description(description);
const compared = (to: Command) => addTurnOptions(addPeerOptions(addTraceOption(addMachineOptions(to))));

program.addCommand(
  compared(addShapeOptions(new Command('step').description('training steps on labels alone'))).action(
    async (options: ShapeOptions & ComparedOptions) => {
      const { benchStep } = await import('./commands/step.ts');
      await show([await benchStep({ ...options, onRound })], options.json);
    },
  ),
  { isDefault: true },
);

compared(addShapeOptions(command('kd', 'distillation steps from a frozen ResNet-34'))).action(
  async (options: ShapeOptions & ComparedOptions) => {
    const { benchDistillation } = await import('./commands/kd.ts');
    await show([await benchDistillation({ ...options, onRound })], options.json);
  },
);

addPeerOptions(
  addTraceOption(addMachineOptions(addShapeOptions(command('memory', 'peak of 20 steps, growth over many')))),
)
  .option('--steps <n>', 'steps after which memory must not have grown (default: 1000)', integer(21))
  .action(async (options: MemoryOptions) => {
    const { benchMemory } = await import('./commands/memory.ts');
    await show([await benchMemory({ ...options, onRound })], options.json);
  });

addMachineOptions(command('pipeline', 'augmented batches beside the fastest step'))
  .option('--workers <n>', 'worker threads that augment (default: all cores)', integer(1, 64))
  .option('--rounds <n>', 'turns of each side (default: 5)', integer(1, 1000))
  .action(async (options: PipelineOptions) => {
    const { benchPipeline } = await import('./commands/pipeline.ts');
    await show([await benchPipeline({ ...options, onRound })], options.json);
  });

addShapeOptions(addMachineOptions(command('kernels', 'every formulation of every convolution')))
  .option('--repeats <n>', 'runs of each (default: 15)', integer(1, 10_000))
  .option('--only <text>', 'layers whose line contains this, e.g. "3x3, 2"')
  .action(async (options: KernelOptions) => {
    const { benchKernels } = await import('./commands/kernels.ts');
    await show([await benchKernels({ ...options, onRound })], options.json);
  });

command('sweep', 'the coordinator of a sweep, with simulated workers in virtual time')
  .option('--members <n>', 'runs of the sweep (default: 10000)', integer(1, 100_000))
  .option('--member-seconds <n>', 'work on each, on one worker (default: 1050)', integer(1, 1_000_000))
  .option('--epoch-seconds <n>', 'between two checkpoints (default: 62)', integer(1, 1_000_000))
  .option('--json <file>', 'writes every figure')
  .action(async (options: SweepOptions & { json?: string }) => {
    const { benchSweep } = await import('./commands/sweep.ts');
    await show([await benchSweep({ ...options, onRound })], options.json);
  });

compared(command('all', 'all of these')).action(async (options: ComparedOptions) => {
  const { benchAll } = await import('./commands/all.ts');
  await show(benchAll({ ...options, onRound }), options.json);
});

try {
  await program.parseAsync();
} catch (thrown) {
  shown.clear();
  const { code, message, hint } = toErrorValue(thrown);
  process.stderr.write(`${code}: ${message}${hint === '' ? '' : `\n${hint}`}\n`);
  process.exitCode = 1;
}
