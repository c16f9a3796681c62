import { DistillError } from '../../../contract/errors.ts';
import type { Part } from '../../../contract/parts.ts';
import { type Folder, isInside } from './folder-tree.ts';
import {
  content,
  holdsFoldersOnly,
  type PartFolder,
  partsAmong,
  shareClasses,
  assignedPart,
} from './part-folders.ts';
import { isDescription, isNeutral, isVersion, partOfName } from './parts.ts';
import type { AssignedParts } from './assigned.ts';

/** How folders divide images into parts and classes. */
export interface Layout {
  /** Their children are classes. */
  parts: PartFolder[];
  /** Folders of one class and one part each. */
  classes: { folder: Folder; label: string; part: Part }[];
  /** Folders of which nothing is used. */
  ignored: { folder: Folder; why: string }[];
  /** Whether the parts are worth reporting: not where all images are of one part that nobody assigned. */
  isDivided: boolean;
  /** What was guessed, a sentence each. */
  notes: string[];
}

const besideParts = 'its name is not that of a part (training, validation, test)';

/** Reads the layout of these folders (the root first). Throws INVALID_INPUT where several datasets lie side by side. */
export function findLayout(tree: readonly Folder[], assigned: AssignedParts): Layout {
  const root = tree[0]!;
  const levels = findLevels(tree, assigned);
  const [first, second] = levels;
  const asked = tree.flatMap((folder) => assignedPart(folder, assigned) ?? []);
  if (first && !second && first.images * 2 >= root.images)
    return withAsked(divided(root, first, assigned), asked);
  if (second && areClasses(levels, assigned))
    return withAsked(classesFirst(root, first!.parent!, assigned), asked);
  if (asked.length > 0) return asAssigned(root, asked);
  if (second) throw severalDatasets(levels);
  return undivided(root, first);
}

/** What a person assigns to folders counts wherever they lie. */
function withAsked(layout: Layout, asked: readonly PartFolder[]): Layout {
  const known = new Set([...layout.parts, ...layout.classes].map(({ folder }) => folder));
  const others = asked.filter(({ folder }) => !known.has(folder));
  return { ...layout, parts: [...layout.parts, ...others] };
}

/** The folders whose children are parts, none of them inside another one's part. */
function findLevels(tree: readonly Folder[], assigned: AssignedParts): Folder[] {
  const levels = new Set<Folder>();
  const inside = new Set<Folder>();
  for (const folder of tree) {
    const isInner = folder.parent !== null && (levels.has(folder.parent) || inside.has(folder.parent));
    if (isInner || assignedPart(folder, assigned)) inside.add(folder);
    else if (partsAmong(folder, assigned)) levels.add(folder);
  }
  return [...levels];
}

/** Whether folders that hold parts are classes and not datasets: they lie side by side, and hold no classes themselves. */
function areClasses(levels: readonly Folder[], assigned: AssignedParts): boolean {
  if (levels.some(({ parent, name }) => parent !== levels[0]!.parent || isNeutral(name))) return false;
  return levels.every((level) => {
    const parts = partsAmong(level, assigned) ?? [];
    return !parts.some((a) => parts.some((b) => a.part !== b.part && shareClasses(a.folder, b.folder)));
  });
}

/** Parts in one place: train/cat, test/cat, perhaps below other folders. */
function divided(root: Folder, level: Folder, assigned: AssignedParts): Layout {
  const layout = empty();
  layout.isDivided = true;
  ignoreOutside(layout, root, level);
  const pending = [level];
  for (let at = pending.pop(); at; at = pending.pop()) {
    const parts = partsAmong(at, assigned)!;
    const known = new Set(parts.map(({ folder }) => folder));
    for (const folder of at.children.values())
      if (!known.has(folder)) layout.ignored.push({ folder, why: besideParts });
    for (const one of parts) {
      // A part that is divided itself: train_val/train and train_val/val.
      const inner = content(one.folder);
      if (!assigned.has(one.folder.path.normalize('NFC')) && partsAmong(inner, assigned)) pending.push(inner);
      else layout.parts.push(one);
    }
  }
  return layout;
}

function ignoreOutside(layout: Layout, root: Folder, level: Folder): void {
  for (let at = level; at !== root; at = at.parent!) {
    for (const folder of at.parent!.children.values())
      if (folder !== at)
        layout.ignored.push({ folder, why: `it lies outside "${level.path}", where the dataset is` });
  }
}

/** A folder a class, the parts below each: stop/train, stop/test. */
function classesFirst(root: Folder, parent: Folder, assigned: AssignedParts): Layout {
  const layout = empty();
  layout.isDivided = true;
  ignoreOutside(layout, root, parent);
  const [example] = parent.children.values();
  layout.notes.push(
    `The folders of the parts lie inside those of the classes, as in "${example!.path}": the outer folder is taken for the class.`,
  );
  for (const outer of parent.children.values()) {
    const label = outer.name;
    layout.classes.push({ folder: outer, label, part: assignedPart(outer, assigned)?.part ?? 'train' });
    for (const folder of outer.children.values()) {
      const part = assignedPart(folder, assigned)?.part ?? partOfName(folder.name);
      if (part !== undefined) layout.classes.push({ folder, label, part });
    }
  }
  return layout;
}

/** Throws INVALID_INPUT where the folders are the same dataset several times: color/ and grayscale/, fold1/ and fold2/. */
function refuseVersions(top: Folder): void {
  const [first, second, ...others] = top.children.values();
  if (!first || !second) return;
  const all = [first, second, ...others];
  if (!all.every((one) => isVersion(one.name) && (one === first || shareClasses(first, one)))) return;
  throw new DistillError(
    'INVALID_INPUT',
    `The folders "${first.path}" and "${second.path}" hold folders of the same names: they look like versions of one dataset, not like classes.`,
    'Give the path of the one that you mean, or assign each folder to a part in data.reading.parts.',
  );
}

/** Nothing but what a person assigned: the rest is for training where nothing else is. */
function asAssigned(root: Folder, asked: readonly PartFolder[]): Layout {
  const layout = empty();
  layout.isDivided = true;
  layout.parts = [...asked];
  const isRest = (folder: Folder) =>
    !asked.some((one) => isInside(one.folder, folder) || isInside(folder, one.folder));
  let rest: Folder[] = [];
  for (let at: Folder | null = commonParent(root, asked); at && rest.length === 0; at = at.parent)
    rest = [...at.children.values()].filter(isRest);
  if (rest.length === 0) return layout;
  if (asked.some(({ part }) => part === 'train')) {
    for (const folder of rest) layout.ignored.push({ folder, why: besideParts });
    return layout;
  }
  const names = asked.map(({ folder }) => `"${folder.path}"`).join(', ');
  layout.notes.push(`The folders beside ${names} are taken for the classes of the training part.`);
  for (const folder of rest) layout.classes.push({ folder, label: folder.name, part: 'train' });
  return layout;
}

/** The nearest folder that holds all of these. */
function commonParent(root: Folder, asked: readonly PartFolder[]): Folder {
  let at: Folder | null = asked[0]!.folder.parent;
  while (at && !asked.every(({ folder }) => isInside(folder, at!))) at = at.parent;
  return at ?? root;
}

/** Class folders only, perhaps below folders that hold nothing else. */
function undivided(root: Folder, level: Folder | undefined): Layout {
  const layout = empty();
  if (level)
    layout.notes.push(
      `The parts in "${level.path}" are not taken for those of the dataset: most images lie elsewhere.`,
    );
  let top = root;
  let part: PartFolder | null = null;
  for (;;) {
    const children = [...top.children.values()];
    const next = onlyWay(top, children) ?? trainingBesideOthers(children) ?? namedContainer(children);
    if (!next) break;
    for (const folder of children)
      if (folder !== next)
        layout.ignored.push({ folder, why: `it lies beside "${next.path}", which holds the class folders` });
    top = next;
    const named = partOfName(top.name);
    if (named !== undefined) part = { folder: top, part: named, why: 'by its name' };
  }
  refuseVersions(top);
  layout.isDivided = part !== null || layout.ignored.length > 0;
  layout.parts.push({
    folder: top,
    part: part?.part ?? 'train',
    why: part?.why ?? 'it holds the class folders',
  });
  if (part) layout.notes.push(onlyPart(part));
  else layout.notes = [...layout.notes, ...likePart(top)];
  return layout;
}

/** The only child, where that holds folders itself or has no class's name; loose images beside it do not make it a class. */
function onlyWay(top: Folder, children: readonly Folder[]): Folder | undefined {
  const [only] = children;
  if (!only || children.length > 1) return undefined;
  if (only.children.size === 0 && !isNeutral(only.name) && partOfName(only.name) === undefined)
    return undefined;
  return top.files.length < only.images ? only : undefined;
}

/** A training part whose neighbours hold no folders and few images; a class of that name is one among its like. */
function trainingBesideOthers(children: readonly Folder[]): Folder | undefined {
  const train = children.filter(({ name }) => partOfName(name) === 'train');
  if (train.length !== 1 || content(train[0]!).children.size < 2) return undefined;
  const others = children.filter((folder) => folder !== train[0]);
  const isFew = others.reduce((sum, { images }) => sum + images, 0) * 2 < train[0]!.images;
  return isFew && others.every(({ children: inner }) => inner.size === 0) ? train[0] : undefined;
}

/** images/ or dataset/ that holds folders only, beside others, or lies beside masks: these are no classes of the same kind. */
function namedContainer(children: readonly Folder[]): Folder | undefined {
  const described = children.filter(({ name }) => !isDescription(name));
  if (described.length === 1 && children.length > 1 && isNeutral(described[0]!.name)) return described[0];
  const found = children.filter((folder) => isNeutral(folder.name) && holdsFoldersOnly(folder));
  const isMost = (folder: Folder) =>
    folder.images * 2 > children.reduce((sum, { images }) => sum + images, 0);
  return found.length === 1 && children.length > 1 && isMost(found[0]!) ? found[0] : undefined;
}

const words: Record<Part, string> = { train: 'training', validation: 'validation', test: 'test' };

function onlyPart({ folder, part }: PartFolder): string {
  const what = `The folder "${folder.path}" is taken for the ${words[part]} part, the only one among the folders`;
  return `${what}.`;
}

/** Class folders that are called like a part. */
function likePart(top: Folder): string[] {
  return [...top.children.values()].flatMap(({ name, path }) =>
    partOfName(name) === undefined
      ? []
      : `The folder "${path}" is taken for a class, not for a part: no folder beside it is called like another part.`,
  );
}

function severalDatasets([first, second]: readonly Folder[]): DistillError {
  return new DistillError(
    'INVALID_INPUT',
    `There are training, validation or test parts in several folders: "${first!.path}", "${second!.path}".`,
    'Give the path of the one that you mean, or assign each folder to a part in data.reading.parts.',
  );
}

const empty = (): Layout => ({ parts: [], classes: [], ignored: [], isDivided: false, notes: [] });
