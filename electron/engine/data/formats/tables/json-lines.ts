/** Rows of a .jsonl file: an object a line, whose scalars are cells; lists and objects stay as they are written. */
export function jsonLines(text: string): { header: string[]; rows: string[][] } {
  const objects = text
    .split(/\r\n|\r|\n/)
    .map((line, at) => ({ line: line.trim(), number: at + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => objectOf(line, number));
  const columns = new Map<string, number>();
  for (const object of objects)
    for (const name of object.keys()) if (!columns.has(name)) columns.set(name, columns.size);
  const header = [...columns.keys()];
  return { header, rows: objects.map((object) => header.map((name) => object.get(name) ?? '')) };
}

function objectOf(line: string, number: number): Map<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Error(`line ${number} is not JSON`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`line ${number} is not a JSON object`);
  return new Map(Object.entries(value).map(([name, cell]) => [name, cellOf(cell)]));
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value.trim() : JSON.stringify(value);
}
