import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import { familyNames } from './family-names.ts';
import type { Scheme } from './scheme.ts';

const torchvision: Scheme = { name: 'torchvision', nameOf: (ours) => ours };

/** The file's names of a network's tensors. */
export interface Adoption {
  /** What the file calls each tensor of the network that it has. */
  names: Map<string, string>;
  scheme: Scheme['name'];
  /** What stands in front of every name of the network, e.g. 'module._orig_mod.model.'. */
  prefix: string;
  /** Without the prefix: the network that the file is of has these, and the one here has not. */
  unexpected: string[];
  /** Beside the network: losses, metrics, counters. */
  ignored: string[];
}

/** Wrappers' names are short chains; a hostile name may have a million dots. */
const mostPrefixes = 16;

/** A counter that PyTorch keeps for batch norms without momentum; nothing here reads it. */
const isCounter = (name: string): boolean => name.endsWith('num_batches_tracked');

/** What Lightning modules, averaged models and profilers keep beside a network's tensors. */
const beside =
  /^(?:n_averaged|loss(?:es|_fn)?|criteri(?:on|a)|accuracy|acc|(?:\w+_)?(?:metrics?|acc|accuracy)|(?:model_)?ema(?:_model)?)(?:\.|$)|(?:^|\.)total_(?:ops|params)$/;

/** Averages lose against the plain weights where both fit: the last epoch was evaluated with the plain ones. */
const isAveraged = (prefix: string): boolean => /(?:^|[._])(?:ema|swa|averaged?)/.test(prefix);

/** The beginnings of a name that end with a dot, the empty one first. */
function* prefixesOf(name: string): Generator<number> {
  yield 0;
  let at = name.indexOf('.');
  for (let count = 1; at >= 0 && count < mostPrefixes; count++) {
    yield at + 1;
    at = name.indexOf('.', at + 1);
  }
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((side, i) => side === b[i]);

interface Candidate {
  scheme: Scheme;
  prefix: string;
  /** Names of the network that the file has under the prefix, and those of them in the right shape. */
  fits: number;
  /** Names under the prefix. */
  under: number;
}

type Shapes = ReadonlyMap<string, { shape: readonly number[] }>;

function candidatesOf(scheme: Scheme, expected: ReadonlyMap<string, number[]>, file: Shapes): Candidate[] {
  const shapes = new Map<string, readonly number[]>();
  for (const [ours, shape] of expected) {
    const theirs = scheme.nameOf(ours);
    if (theirs !== undefined) shapes.set(theirs, shape);
  }
  const found = new Map<string, Candidate>();
  for (const [name, { shape }] of file) {
    for (const begin of prefixesOf(name)) {
      const wanted = shapes.get(name.slice(begin));
      if (!wanted) continue;
      const prefix = name.slice(0, begin);
      const candidate = found.get(prefix) ?? { scheme, prefix, fits: 0, under: 0 };
      candidate.fits += sameShape(wanted, shape) ? 2 : 1;
      found.set(prefix, candidate);
    }
  }
  for (const name of file.keys()) {
    if (isCounter(name)) continue;
    for (const begin of prefixesOf(name)) {
      const candidate = found.get(name.slice(0, begin));
      if (candidate) candidate.under++;
    }
  }
  return [...found.values()];
}

/** The better first: what fits more, then what has less beside it, then plain weights, then the shorter prefix. */
const byFit = (a: Candidate, b: Candidate): number =>
  b.fits - a.fits ||
  a.under - b.under ||
  Number(isAveraged(a.prefix)) - Number(isAveraged(b.prefix)) ||
  a.prefix.length - b.prefix.length;

/** Finds a network's tensors (`expected`: their shapes) among a file's, by the prefix and the way of naming that fit best. */
export function adoptNames(
  expected: ReadonlyMap<string, number[]>,
  file: Shapes,
  architecture: ModelRecipe['architecture'],
): Adoption {
  const schemes = [torchvision, ...familyNames[architecture].fastai];
  const candidates = schemes.flatMap((scheme) => candidatesOf(scheme, expected, file));
  const { scheme, prefix } = candidates.sort(byFit)[0] ?? { scheme: torchvision, prefix: '' };
  const names = new Map<string, string>();
  for (const ours of expected.keys()) {
    const theirs = scheme.nameOf(ours);
    if (theirs !== undefined && file.has(prefix + theirs)) names.set(ours, prefix + theirs);
  }
  const taken = new Set(names.values());
  const unexpected: string[] = [];
  const ignored: string[] = [];
  for (const name of file.keys()) {
    if (taken.has(name) || isCounter(name)) continue;
    const inside = name.startsWith(prefix) ? name.slice(prefix.length) : null;
    if (inside === null || beside.test(inside)) ignored.push(name);
    else unexpected.push(inside);
  }
  return { names, scheme: scheme.name, prefix, unexpected, ignored };
}
