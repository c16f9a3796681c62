import type { ClassCount } from '../../contract/dataset.ts';

/** Names that are written out; of more only the number is given. */
const most = 5;

/**
 * What is particular about the classes of an import, a sentence each: those none of whose images can be used (`listed`: how many
 * there are of each class, used or not), those that training lacks, a class without
 * others, and names that differ only in case.
 */
export function classNotes(classes: readonly ClassCount[], listed: readonly number[]): string[] {
  const imagesOf = ({ train, validation, test }: ClassCount) => train + validation + test;
  const unusable = classes.filter((one) => imagesOf(one) === 0 && (listed[one.id] ?? 0) > 0);
  const trains = classes.some(({ train }) => train > 0);
  const untrained = classes.filter((one) => trains && one.train === 0 && imagesOf(one) > 0);
  return [
    ...(trains ? [] : ['The dataset has no images to train on.']),
    ...(classes.length === 1
      ? [`"${classes[0]!.name}" is the only class: there is no other class to distinguish it from.`]
      : []),
    ...aboutClasses(unusable, (names, count) =>
      count === 1
        ? `No image of the class ${names} can be used: it stays a class without images.`
        : `No image of the classes ${names} can be used: they stay classes without images.`,
    ),
    ...aboutClasses(
      untrained,
      (names, count) =>
        `The training part has no images of the ${count === 1 ? 'class' : 'classes'} ${names}.`,
    ),
    ...onlyCaseDiffers(classes),
  ];
}

function aboutClasses(
  classes: readonly ClassCount[],
  sentence: (names: string, count: number) => string,
): string[] {
  if (classes.length === 0) return [];
  const names = classes.slice(0, most).map(({ name }) => `"${name}"`);
  const more = classes.length - names.length;
  return [sentence(`${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`, classes.length)];
}

function onlyCaseDiffers(classes: readonly ClassCount[]): string[] {
  const known = new Map<string, string>();
  for (const { name } of classes) {
    const first = known.get(name.toLowerCase());
    if (first !== undefined)
      return [`"${first}" and "${name}" are two classes: their names differ only in case.`];
    known.set(name.toLowerCase(), name);
  }
  return [];
}
