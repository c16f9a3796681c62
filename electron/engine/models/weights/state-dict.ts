import { DistillError } from '../../../contract/errors.ts';
import type { PickleValue } from './pickle.ts';
import { PickledTensor } from './torch-pickle.ts';

/** Keys under which training programs keep the weights beside other things, the more telling first. */
const wrappingKeys = [
  'state_dict',
  'model_state_dict',
  'model_state',
  'model',
  'net',
  'network',
  'module',
  'teacher',
  'student',
  'weights',
  'params',
];

/** {'checkpoint': {'model': {...}}} is as deep as it gets. */
const maximumDepth = 3;

function tensorsOf(dict: Map<PickleValue, PickleValue>): Map<string, PickledTensor> {
  const tensors = new Map<string, PickledTensor>();
  for (const [key, value] of dict) {
    if (typeof key === 'string' && value instanceof PickledTensor) tensors.set(key, value);
  }
  return tensors;
}

function search(value: PickleValue | undefined, depth: number): Map<string, PickledTensor> | undefined {
  if (!(value instanceof Map) || depth === 0) return undefined;
  for (const key of wrappingKeys) {
    const found = search(value.get(key), depth - 1);
    if (found) return found;
  }
  const tensors = tensorsOf(value);
  return tensors.size > 0 ? tensors : undefined;
}

/** The dict of tensors in what torch.save wrote, whether it is the whole or wrapped. Throws WEIGHTS_MISMATCH where there is none. */
export function findStateDict(root: PickleValue, file: string): Map<string, PickledTensor> {
  const found = search(root, maximumDepth);
  if (found) return found;
  const keys = root instanceof Map ? [...root.keys()].filter((key) => typeof key === 'string') : [];
  throw new DistillError(
    'WEIGHTS_MISMATCH',
    `The weights file ${file} holds no dict of tensors${keys.length ? `; its keys are ${keys.slice(0, 8).join(', ')}` : ''}.`,
    'Save model.state_dict(), alone or under the key "model" or "state_dict".',
  );
}
