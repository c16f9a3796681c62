import { architectures, ownDepth } from '../../../contract/architectures.ts';
import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import type { WeightsNetwork } from '../../../contract/weights.ts';
import { familyNames } from './family-names.ts';
import { type FileShapes, fitOf, matchTensors } from './match.ts';
import { classNamesIn, modelIn } from './metadata.ts';
import { outputNames } from './shapes.ts';

/** A file of more tensors is of no network here. */
const mostTensors = 5000;

/** The architecture's own width first; MobileNet rounds its channels to multiples of 8, so that several widths give the same. */
const widthsNear = (channels: number): (number | null)[] => [
  null,
  channels,
  ...[-4, -3, -2, -1, 1, 2, 3].map((more) => channels + more),
];

/** How many blocks a file's names count. */
function depthIn(names: Iterable<string>, blocks: string): number {
  let depth = 0;
  for (const name of names) {
    const at = name.lastIndexOf(blocks);
    const number = at < 0 ? NaN : Number.parseInt(name.slice(at + blocks.length), 10);
    if (number >= depth) depth = number + 1;
  }
  return depth;
}

/** Of a network that is found in a file (recipe/model.ts). */
const isDepth = (depth: number): boolean => depth >= 2 && depth <= 16;

function* candidates(
  architecture: ModelRecipe['architecture'],
  weights: FileShapes,
): Generator<WeightsNetwork> {
  const { firstFilter, stemsOf, blocks } = familyNames[architecture];
  const found = blocks === undefined ? null : depthIn(weights.keys(), blocks);
  if (found !== null && !isDepth(found)) return;
  const depth = found === null || found === ownDepth(architecture) ? {} : { depth: found };
  for (const head of ['linear', 'fastai'] as const) {
    const probe: ModelRecipe = { architecture, width: null, ...depth, stem: 'imagenet', head };
    const { matched, mismatched, adopted } = matchTensors(probe, 2, weights);
    if (matched.length + mismatched.length === 0) continue;
    const shapeOf = (name: string) => weights.get(adopted.names.get(name) ?? '')?.shape;
    const first = shapeOf(firstFilter);
    if (first?.length !== 4 || first[1] !== 3) continue;
    const classes = shapeOf(outputNames(probe)[0]!)?.[0] ?? null;
    const stems = [...stemsOf(first[2]!)];
    if (stems.length === 0) continue;
    for (const width of widthsNear(first[0]!)) {
      const possible = width === null || (width >= 4 && width <= 512);
      if (possible) yield { model: { architecture, width, ...depth, stem: stems[0]!, head }, classes, stems };
    }
  }
}

/** The known network whose every tensor a file has, else the one whose body it has; null: none. */
export function identifyNetwork(weights: FileShapes): WeightsNetwork | null {
  if (weights.size > mostTensors) return null;
  let body: WeightsNetwork | null = null;
  for (const architecture of architectures) {
    for (const candidate of candidates(architecture, weights)) {
      const { model, classes } = candidate;
      const fit = fitOf(matchTensors(model, classes ?? 2, weights), model);
      if (fit === 'whole' && classes !== null && classes >= 2) return candidate;
      if (fit === 'body') body ??= { ...candidate, model: { ...model, head: 'linear' }, classes: null };
    }
  }
  return body;
}

/** The network that a file of this program states; null: none. */
export function ownNetwork(metadata: Record<string, string>): WeightsNetwork | null {
  const model = modelIn(metadata);
  const classes = classNamesIn(metadata)?.length;
  return model && classes ? { model, classes, stems: [model.stem] } : null;
}

/** In words, e.g. 'resnet18 with width 16, stem small or small-stride2, head linear and 10 classes'. */
export function describeNetwork({ model, classes, stems }: WeightsNetwork): string {
  const { architecture, width, head } = model;
  const details = [
    width === null ? 'its own width' : `width ${width}`,
    ...(stems.length < 3 ? [`stem ${stems.join(' or ')}`] : []),
    classes === null ? 'a classifier of an unknown kind' : `head ${head} and ${classes} classes`,
  ];
  return `${architecture} with ${details.join(', ')}`;
}
