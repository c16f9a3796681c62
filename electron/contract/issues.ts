import { z } from 'zod';
import { suggestion } from './suggestion.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Clauses of one value. Whoever gave 100,000 wrong ones reads no more, and their description would take seconds. */
export const mostDescribed = 100;

/**
 * One clause for each thing that is wrong with `value`, for the first `mostDescribed` of them: the path, what is expected, what is there,
 * and for a mistyped name the one that was probably meant, e.g. `data.image.sise: unknown key; did you mean "size"?`.
 */
export const describeIssues = (issues: readonly Issue[], schema: z.ZodType, value: unknown): string[] =>
  describeAll(issues, [], schema, value);

function describeAll(issues: readonly Issue[], prefix: Path, schema: z.ZodType, value: unknown): string[] {
  const first = issues.slice(0, mostDescribed);
  return first.flatMap((issue) => describe(issue, prefix, schema, value)).slice(0, mostDescribed);
}

function describe(issue: Issue, prefix: Path, schema: z.ZodType, value: unknown): string[] {
  const path = [...prefix, ...issue.path];
  const given = valueAt(value, path);
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path, value);
    return issue.keys
      .slice(0, mostDescribed)
      .map((key) => `${pathText([...path, key])}: unknown key${suggestion(key, known)}`);
  }
  if (issue.code === 'invalid_union' && !issue.discriminator) {
    // The alternative that came furthest shows best what is wrong; where all fail at the root, all are named.
    const inside = issue.errors.find((branch) => branch.every((inner) => inner.path.length > 0));
    if (inside) return describeAll(inside, path, schema, value);
    const ofItsKind = issue.errors.find((branch) => branch.every((inner) => isOfKind(inner, given)));
    if (ofItsKind) return describeAll(ofItsKind, path, schema, value);
  }
  if (given === undefined) return [`${pathText(path)}: missing; expected ${expectation(issue) ?? 'a value'}`];
  const expected = expectation(issue);
  const got = given !== null && typeof given === 'object' ? kindOf(given) : JSON.stringify(given);
  const values =
    issue.code === 'invalid_value'
      ? issue.values.map(String)
      : issue.code === 'invalid_union' && 'options' in issue
        ? optionsOf(issue).filter((option) => typeof option === 'string')
        : [];
  return [
    `${pathText(path)}: ${expected ? `expected ${expected}, got ${got}` : issue.message}${suggestion(given, values)}`,
  ];
}

/** Whether the alternative is the one for values of this kind: a number that is out of range, or an emptied field's NaN. */
const isOfKind = (issue: Issue, given: unknown): boolean =>
  issue.code === 'too_small' ||
  issue.code === 'too_big' ||
  (issue.code === 'invalid_type' && issue.expected === typeof given);

const types: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  null: 'null',
};

/** What would have been right; undefined where zod's own sentence is best. */
function expectation(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return types[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return alternatives(issue.values.map((value) => JSON.stringify(value)));
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_union':
      return alternatives(
        'options' in issue ? optionsOf(issue).map((option) => JSON.stringify(option)) : firstOf(issue.errors),
      );
    default:
      return undefined;
  }
}

/** What a union may be. That its kind may also be left out is no value. */
const optionsOf = ({ options = [] }: { options?: readonly unknown[] }) =>
  options.filter((option) => option !== undefined);

const firstOf = (branches: readonly (readonly Issue[])[]): string[] => [
  ...new Set(
    branches.flatMap((branch) => branch.slice(0, 1).map((issue) => expectation(issue) ?? issue.message)),
  ),
];

function bound(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'array') return `${relation} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  if (origin === 'string') return `${relation} ${limit} ${limit === 1 ? 'character' : 'characters'}`;
  return `${relation} ${limit}`;
}

function alternatives(options: string[]): string {
  return options.length < 2
    ? options.join()
    : `${options.slice(0, -1).join(', ')} or ${options.at(-1) ?? ''}`;
}

const kindOf = (value: object): string => (Array.isArray(value) ? `a list of ${value.length}` : 'an object');

function pathText(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || 'the whole';
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      inner !== null && typeof inner === 'object' ? (inner as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  );
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  const?: unknown;
  default?: unknown;
}

/** The keys that the schema has at a path, over all alternatives that `value` may be; JSON Schema is zod's public way to look inside. */
function keysAt(schema: z.ZodType, path: Path, value: unknown): string[] {
  let at: JsonSchema[] = [z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as JsonSchema];
  let inner: unknown = value;
  const alternatives = (): JsonSchema[] => at.flatMap((node) => alternativesOf(node, inner));
  for (const part of path) {
    const next = alternatives().map((node) =>
      typeof part === 'number' ? node.items : node.properties?.[String(part)],
    );
    at = next.filter((node) => node !== undefined);
    inner = valueAt(inner, [part]);
  }
  return [...new Set(alternatives().flatMap((node) => Object.keys(node.properties ?? {})))];
}

/** What a schema stands for where it is a union, less those whose `const` (a version, a method) `value` contradicts. */
function alternativesOf(node: JsonSchema, value: unknown): JsonSchema[] {
  const inner = [...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  if (inner.length > 0) return inner.flatMap((one) => alternativesOf(one, value));
  const contradicts = Object.entries(node.properties ?? {}).some(
    ([key, { const: only, default: usual }]) =>
      only !== undefined && (valueAt(value, [key]) ?? usual) !== only,
  );
  return contradicts ? [] : [node];
}
