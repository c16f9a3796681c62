import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import type { Nonlinearity } from '../../backend/ops/activation.ts';
import { linearShape, outputShapeOf } from '../../models/describe.ts';
import { networkOf } from '../../models/index.ts';
import type { FilterOptions, Layers } from '../../models/layers.ts';
import { type Body, type BodyOptions, keepStage, windowText } from './body.ts';

/** A value of forward, and its shape without the batch. */
interface Value {
  id: number;
  shape: number[];
}

interface Statement {
  result: number;
  inputs: number[];
  /** The expression, from the variables that hold the inputs. */
  text: (...variables: string[]) => string;
  /** Stages whose output it is. */
  stages: string[];
}

const nonlinearities: Record<Nonlinearity, string> = {
  'hard-swish': 'nn.functional.hardswish',
  'hard-sigmoid': 'nn.functional.hardsigmoid',
  sigmoid: 'torch.sigmoid',
  silu: 'nn.functional.silu',
  gelu: 'nn.functional.gelu',
};

/** Names of Python's variables by values: one is used again as soon as nobody reads its value any more. */
function assigned(statements: readonly Statement[], images: number): string[][] {
  const lastRead = new Map(statements.flatMap(({ inputs }, at) => inputs.map((input) => [input, at])));
  const held = new Map([[images, 'images']]);
  const names = ['x', 'y', 'z', 'u', 'v', 'w'];
  return statements.map(({ result, inputs, text, stages }, at) => {
    const variables = inputs.map((input) => held.get(input)!);
    for (const input of inputs) if (lastRead.get(input) === at) held.delete(input);
    const used = new Set(held.values());
    const name = names.find((one) => !used.has(one))!;
    held.set(result, name);
    return [`${name} = ${text(...variables)}`, ...stages.map((stage) => keepStage(stage, name))];
  });
}

/**
 * A network written out, layer by layer, from the image to the logits: for families that are not worth classes of their own. Modules have
 * the names of the weights file.
 */
export function writtenOut(
  recipe: ModelRecipe,
  classes: number,
  size: number,
  { isTrained }: BodyOptions,
): Body {
  const modules: string[] = [];
  const statements: Statement[] = [];
  let count = 0;
  const value = (shape: number[]): Value => ({ id: count++, shape });
  const compute = (shape: number[], inputs: Value[], text: Statement['text']): Value => {
    const result = value(shape);
    statements.push({ result: result.id, inputs: inputs.map(({ id }) => id), text, stages: [] });
    return result;
  };
  const channelsOf = ({ shape }: Value): number => shape.at(-1)!;
  /** Declares a module and applies it. */
  const apply = (name: string, constructor: string, x: Value, shape: number[], over = ''): Value => {
    modules.push(`    "${name}": ${constructor},`);
    return compute(shape, [x], (input) =>
      over === '' ? `layer("${name}")(${input})` : `${over}(layer("${name}"), ${input})`,
    );
  };
  const filter = (
    name: string,
    x: Value,
    options: FilterOptions & { channels: number; groups?: number },
  ): Value => {
    const { channels, groups, bias } = options;
    const constructor = [
      `nn.Conv2d(${channelsOf(x)}, ${channels}, ${windowText(options)}`,
      ...(groups === undefined ? [] : [`groups=${groups}`]),
      ...(bias ? [] : ['bias=False']),
    ].join(', ');
    const y = apply(name, `${constructor})`, x, outputShapeOf(x.shape, options, channels));
    return bias?.activation === 'relu' ? layers.relu(y) : y;
  };
  const mean = 'mean(dim=(2, 3))';
  const isMap = ({ shape }: Value): boolean => shape.length === 3;
  const layers: Layers<Value> = {
    conv: filter,
    depthwise: (name, x, options) =>
      filter(name, x, { ...options, channels: channelsOf(x), groups: channelsOf(x) }),
    norm(name, x, { activation = 'none', skip, epsilon, momentum } = {}) {
      const settings = [
        channelsOf(x),
        ...(epsilon === undefined ? [] : [`eps=${epsilon}`]),
        // 1 - 0.99 is no short number.
        ...(momentum === undefined ? [] : [`momentum=${Number((1 - momentum).toFixed(6))}`]),
      ].join(', ');
      const norm = `nn.BatchNorm${isMap(x) ? 2 : 1}d(${settings})`;
      const y = apply(name, norm, x, x.shape);
      const sum = skip ? layers.add(y, skip()) : y;
      if (activation === 'none') return sum;
      return activation === 'relu'
        ? layers.relu(sum)
        : compute(sum.shape, [sum], (input) => `nn.functional.relu6(${input})`);
    },
    layerNorm: (name, x, epsilon) =>
      apply(
        name,
        `nn.LayerNorm(${channelsOf(x)}, eps=${epsilon})`,
        x,
        x.shape,
        isMap(x) ? 'over_channels' : '',
      ),
    linear(name, x, { units, bias, module = 'Linear' }) {
      const shape = linearShape(x.shape, units);
      const inputs = channelsOf(x);
      if (module === 'Conv2d') {
        modules.push(`    "${name}": nn.Conv2d(${inputs}, ${units}, kernel_size=1),`);
        // Of a map of one pixel.
        return compute(shape, [x], (input) => `layer("${name}")(${input}[:, :, None, None])[:, :, 0, 0]`);
      }
      const constructor = `nn.Linear(${inputs}, ${units}${bias ? '' : ', bias=False'})`;
      return apply(name, constructor, x, shape, isMap(x) ? 'over_channels' : '');
    },
    maxPool(_, x, options) {
      const window = windowText(options) + (options.ceil ? ', ceil_mode=True' : '');
      const shape = outputShapeOf(x.shape, options, channelsOf(x));
      return compute(shape, [x], (input) => `nn.functional.max_pool2d(${input}, ${window})`);
    },
    globalAveragePool: (_, x) => compute([channelsOf(x)], [x], (input) => `${input}.${mean}`),
    globalMaxPool: (_, x) => compute([channelsOf(x)], [x], (input) => `${input}.amax(dim=(2, 3))`),
    concat: (a, b) =>
      compute(
        a.shape.with(-1, channelsOf(a) + channelsOf(b)),
        [a, b],
        (first, second) => `torch.cat([${first}, ${second}], dim=1)`,
      ),
    halves(x) {
      const shape = x.shape.with(-1, channelsOf(x) / 2);
      const half = (index: number) => compute(shape, [x], (input) => `${input}.chunk(2, dim=1)[${index}]`);
      return [half(0), half(1)];
    },
    shuffle: (x, groups) =>
      compute(x.shape, [x], (input) => `nn.functional.channel_shuffle(${input}, ${groups})`),
    relu: (x) => compute(x.shape, [x], (input) => `torch.relu(${input})`),
    nonlinear: (x, kind) => compute(x.shape, [x], (input) => `${nonlinearities[kind]}(${input})`),
    gate: (x, gates) => compute(x.shape, [x, gates], (map, vector) => `${map} * ${vector}[:, :, None, None]`),
    scale(name, x, initial) {
      const start = `torch.full((${channelsOf(x)}, 1, 1), ${initial})`;
      modules.push(`    "${name}": nn.Parameter(${start}),`);
      return compute(x.shape, [x], (input) => `self.get_parameter("${name}") * ${input}`);
    },
    add: (a, b) => compute(a.shape, [a, b], (first, second) => `${first} + ${second}`),
    dropout: (x, rate) =>
      compute(x.shape, [x], (input) => `nn.functional.dropout(${input}, ${rate}, self.training)`),
    stochasticDepth: (x, rate) =>
      isTrained && rate > 0
        ? compute(x.shape, [x], (input) => `stochastic_depth(${input}, ${rate}, self.training)`)
        : x,
    stage(name, x) {
      if (isTrained) statements.find(({ result }) => result === x.id)!.stages.push(name);
      return x;
    },
    penultimate: (x) => x,
  };
  const images = value([size, size, 3]);
  const logits = networkOf(recipe, classes).reduce((x, section) => section(layers, x), images);
  const lines = assigned(statements, images.id);
  const last = lines.pop()![0]!;
  if (statements.at(-1)!.result !== logits.id) throw new Error('The last layer does not make the logits.');
  return {
    parts: ['modules.py', ...(isTrained ? ['stochastic_depth.py'] : [])],
    modules: ['add_modules(self, {', ...modules, '})'],
    forward: ['layer = self.get_submodule', ...lines.flat()],
    result: last.slice(last.indexOf('=') + 2),
  };
}
