import { availableParallelism } from 'node:os';
import { Option, type Command } from 'commander';
import { integer } from '../../electron/cli/arguments.ts';
import { backendNames } from '../../electron/contract/doctor.ts';
import { architectures } from '../../electron/contract/architectures.ts';
import { modelSchema, type ModelRecipe } from '../../electron/contract/recipe/model.ts';
import { classes, presetNames, presets, type PresetName, type Shape, type Workload } from './workload.ts';

export interface ShapeOptions {
  preset?: PresetName;
  architecture?: ModelRecipe['architecture'];
  stem?: ModelRecipe['stem'];
  width?: number;
  size?: number;
  batchSize?: number;
}

export interface MachineOptions {
  backend?: Workload['backend'];
  threads?: number;
  json?: string;
}

export interface TraceOptions {
  trace?: 'on' | 'off' | 'both';
}

export interface PeerOptions {
  peer?: 'pytorch';
  python?: string;
}

export interface TurnOptions {
  steps?: number;
  rounds?: number;
}

export function addShapeOptions(command: Command): Command {
  return command
    .addOption(new Option('--preset <name>', 'a model with its size and batch').choices(presetNames))
    .addOption(new Option('--architecture <name>', 'which model (default: resnet18)').choices(architectures))
    .addOption(
      new Option('--stem <name>', 'its beginning (default: imagenet)').choices(
        modelSchema.shape.stem.unwrap().options,
      ),
    )
    .option('--width <channels>', "channels of the stem (default: the architecture's own)", integer(4, 512))
    .option('--size <pixels>', 'side of the images (default: 96)', integer(8, 512))
    .option('--batch-size <n>', 'images a step (default: 32)', integer(1, 4096));
}

export function addMachineOptions(command: Command): Command {
  return command
    .addOption(new Option('--backend <name>', 'what computes').choices(['auto', ...backendNames]))
    .option('--threads <n>', 'threads of every side (default: all cores)', integer(1, 256))
    .option('--json <file>', 'writes every single time there, with the machine');
}

export function addTraceOption(command: Command): Command {
  return command.addOption(
    new Option('--trace <which>', 'steps replayed as one graph, kernel by kernel, or one beside the other')
      .choices(['on', 'off', 'both'])
      .default('on'),
  );
}

export function addPeerOptions(command: Command): Command {
  return command
    .addOption(new Option('--peer <name>', 'measures another program in turn with ours').choices(['pytorch']))
    .option('--python <interpreter>', "the peer's Python (default: python3)");
}

export function addTurnOptions(command: Command): Command {
  return command
    .option('--steps <n>', 'steps of a turn (default: 5)', integer(1, 1000))
    .option('--rounds <n>', "turns of each side (default: 7; a comparison's pairs)", integer(1, 1000));
}

/** The preset, or ResNet-18, with what else was said. */
export function shapeOf(options: ShapeOptions): Shape {
  const { model, size, batchSize } = presets[options.preset ?? 'resnet18']();
  const { architecture = model.architecture, stem = model.stem, width = model.width } = options;
  return {
    model: { ...model, architecture, stem, width },
    size: options.size ?? size,
    batchSize: options.batchSize ?? batchSize,
  };
}

export const threadsOf = ({ threads }: MachineOptions): number => threads ?? availableParallelism();

/** Training on labels alone. */
export function workloadOf({ model, size, batchSize }: Shape, machine: MachineOptions): Workload {
  return {
    student: model,
    teacher: null,
    storedLogits: false,
    classes,
    size,
    batchSize,
    trace: true,
    backend: machine.backend ?? 'auto',
    threads: threadsOf(machine),
  };
}

/** The workload with every way of tracing that was asked for. */
export function traceVariants(
  workload: Workload,
  { trace = 'on' }: TraceOptions,
): [name: string, Workload][] {
  const on: [string, Workload] = ['traced', { ...workload, trace: true }];
  const off: [string, Workload] = ['eager', { ...workload, trace: false }];
  return trace === 'both' ? [on, off] : [trace === 'on' ? on : off];
}
