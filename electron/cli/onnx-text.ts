import { type OnnxInspection, type OnnxPort, type Origin, originWords } from '../contract/onnx-inspection.ts';
import { bytes, counted, table } from './format.ts';

const classesShown = 40;

const origins: Record<Origin, string> = {
  ...originWords,
  user: 'given',
  recipe: "not stated: a recipe's data.image is taken, or teacher.hints",
};

const port = ({ name, type, shape }: OnnxPort): string =>
  `${name}, ${type}, [${shape.map((side) => (side === '' ? '?' : side)).join(', ')}]`;

const valuesText = (values: OnnxInspection['input']['values']): string =>
  typeof values === 'string'
    ? { pixels: '0 to 255', unit: '0 to 1' }[values]
    : `normalised by mean ${values.mean.join(' ')}, std ${values.std.join(' ')}`;

function classLines(names: readonly string[]): string[] {
  const shown = names.slice(0, classesShown).map((name, output) => [String(output), name]);
  const more = names.length - shown.length;
  return ['Classes:', table(shown, 'rl'), ...(more > 0 ? [`... and ${more} more; --json lists all`] : [])];
}

/** What is in an ONNX file, and what states it. */
export function onnxText(found: OnnxInspection): string {
  const { file, input, origins: from, outputs, read, gives, count, classNames, values } = found;
  return [
    `${file}: ${bytes(found.bytes)}, ${counted(values, 'parameter')}`,
    table(
      [
        ['input', `${port(input)}, ${input.layout}`, ''],
        ['batch', input.batch === null ? 'any' : String(input.batch), ''],
        ['size', `${input.size} px`, origins[from.size]],
        ['values', valuesText(input.values), origins[from.values]],
        ['channels', input.channels, origins[from.channels]],
        ...outputs.map((one) => [
          'output',
          port(one),
          one.name === read ? `read: ${counted(count, 'class', 'classes')}, ${gives}` : 'not read',
        ]),
      ],
      'lll',
    ),
    ...(classNames === null ? ['It does not name its classes.'] : classLines(classNames)),
  ].join('\n');
}
