import {
  type OnnxInspection,
  type OnnxPort,
  type Origin,
  originWords,
} from '../../electron/contract/onnx-inspection.ts';
import { formatBytes, formatCompact, formatCount, plural } from '../format.ts';
import { choiceOf, valueNames } from './onnx-hints.ts';

/** One property of an ONNX file. */
export interface Found {
  name: string;
  value: string;
  /** What states it; null: nothing but the network itself needs to. */
  from: string | null;
  /** It is a guess, which its user should look at. */
  isGuess: boolean;
}

const origins: Record<Origin, string> = {
  ...originWords,
  user: 'set here',
  recipe: 'not stated: taken from the data step',
};

const shape = ({ shape: sides }: OnnxPort): string =>
  sides.map((side) => (side === '' ? '?' : String(side))).join(' × ');

const mostNames = 6;
function namesText(names: readonly string[] | null): string {
  if (names === null) return 'not stated';
  const more = names.length - mostNames;
  return `${names.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

/** What was found in an ONNX file, in words. */
export function foundIn(found: OnnxInspection): Found[] {
  const { input, outputs, read, gives, count, classNames, bytes, values } = found;
  const stated = (name: string, value: string, origin: Origin): Found => ({
    name,
    value,
    from: origins[origin],
    isGuess: origin === 'recipe' || origin === 'usual',
  });
  const plain = (name: string, value: string): Found => ({ name, value, from: null, isGuess: false });
  const axes = input.layout === 'NCHW' ? 'channels first' : 'channels last';
  const others = outputs.filter(({ name }) => name !== read).map(({ name }) => name);
  return [
    plain('File', `${formatBytes(bytes)}, ${formatCompact(values)} parameters`),
    plain('Input', `“${input.name}”, ${input.type}, ${shape(input)} (${axes})`),
    stated('Image size', `${formatCount(input.size)} pixels`, found.origins.size),
    stated('Values', valueNames[choiceOf(input.values)], found.origins.values),
    stated('Channels', input.channels === 'BGR' ? 'blue first' : 'red first', found.origins.channels),
    plain('Images in a call', input.batch === null ? 'any number' : formatCount(input.batch)),
    plain(
      'Output',
      `“${read}”, ${plural(count, 'class', 'classes')}, ${gives}${others.length > 0 ? ` (not read: ${others.join(', ')})` : ''}`,
    ),
    plain('Class names', namesText(classNames)),
  ];
}
