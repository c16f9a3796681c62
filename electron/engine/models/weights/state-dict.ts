import { DistillError } from '../../../contract/errors.ts';
import type { PickleValue } from './pickle.ts';
import { PickledTensor } from './torch-pickle.ts';

/**
 * Keys under which training programs keep the weights beside other things, the more specific first. Averaged weights come last:
 * where there are both, the plain ones are taken.
 */
const wrappingKeys = [
  'state_dict',
  'model_state_dict',
  'model_state',
  'model',
  'net',
  'net_state_dict',
  'network',
  'checkpoint',
  'module',
  'teacher',
  'student',
  'weights',
  'params',
  'state_dict_ema',
  'ema_state_dict',
  'model_ema',
  'ema_model',
  'ema',
  'params_ema',
];

/** {'checkpoint': {'model': {...}}} is as deep as it gets. */
const maximumDepth = 3;

export interface StateDict {
  tensors: Map<string, PickledTensor>;
  /** The keys that lead to it, e.g. 'checkpoint.model'; null: it is the whole file. */
  container: string | null;
}

function tensorsOf(dict: Map<PickleValue, PickleValue>): Map<string, PickledTensor> {
  const tensors = new Map<string, PickledTensor>();
  for (const [key, value] of dict) {
    if (typeof key === 'string' && value instanceof PickledTensor) tensors.set(key, value);
  }
  return tensors;
}

function search(value: PickleValue | undefined, path: readonly string[]): StateDict | undefined {
  if (!(value instanceof Map) || path.length > maximumDepth) return undefined;
  for (const key of wrappingKeys) {
    const found = search(value.get(key), [...path, key]);
    if (found) return found;
  }
  const tensors = tensorsOf(value);
  if (tensors.size === 0) return undefined;
  return { tensors, container: path.length === 0 ? null : path.join('.') };
}

/** The dict of tensors in what torch.save wrote, whether it is the whole or wrapped. Throws WEIGHTS_MISMATCH where there is none. */
export function findStateDict(root: PickleValue, file: string): StateDict {
  const found = search(root, []);
  if (found) return found;
  const keys = root instanceof Map ? [...root.keys()].filter((key) => typeof key === 'string') : [];
  throw new DistillError(
    'WEIGHTS_MISMATCH',
    `The weights file ${file} holds no dict of tensors${keys.length ? `; its keys are ${keys.slice(0, 8).join(', ')}` : ''}.`,
    'Save model.state_dict(), alone or under the key "model" or "state_dict".',
  );
}
