/** Which outputs of a teacher stand for which classes of a dataset: by their names. */

/** Names that look alike are one: Unicode's composed and decomposed forms, '14', '14.0' and '00014'. */
export function identityOf(name: string): string {
  const text = name.normalize('NFC').trim();
  return /^\d+(?:\.0+)?$/.test(text) ? String(Number(text)) : text;
}

const isNumber = (name: string): boolean => /^\d+$/.test(identityOf(name));

/** The first name that is there twice; null: none is. */
export function repeatedName(names: readonly string[]): string | null {
  const found = new Set<string>();
  for (const name of names) {
    const identity = identityOf(name);
    if (found.has(identity)) return name;
    found.add(identity);
  }
  return null;
}

/**
 * The output that stands for each class of a dataset, the first of its name; null: the teacher lacks that class. Where the teacher's
 * names are all numbers and the dataset's are not, they are the classes' ids.
 */
export function outputsByName(dataset: readonly string[], teachers: readonly string[]): (number | null)[] {
  const places = new Map<string, number>();
  for (const [output, name] of teachers.entries()) {
    const identity = identityOf(name);
    if (!places.has(identity)) places.set(identity, output);
  }
  const byId = teachers.every(isNumber) && !dataset.some(isNumber);
  return dataset.map((name, id) => places.get(byId ? String(id) : identityOf(name)) ?? null);
}

/**
 * A list of names by which the outputs stand for these classes and no others. `classOf`: the class's id for each output; null: the
 * output is not used. `own`: the teacher's own names; null: it has none.
 */
export function namesOfOutputs(
  classOf: readonly (number | null)[],
  dataset: readonly string[],
  own: readonly string[] | null,
): string[] {
  const classes = new Set(dataset.map(identityOf));
  return classOf.map((id, output) => {
    if (id !== null) return dataset[id]!;
    const name = own?.[output];
    if (name === undefined) return `output ${output}`;
    return classes.has(identityOf(name)) || isNumber(name) ? `${name} (output ${output})` : name;
  });
}

/** Whether names that a file states itself are meant: where it has an output for each class, but most of the names are strangers, they are not. */
export const areNamesMeant = (outputs: readonly (number | null)[], known: number): boolean =>
  known !== outputs.length || 2 * outputs.filter((output) => output !== null).length >= outputs.length;
