import { JsonText } from '../contract/json-text.ts';

/** What JSON.stringify writes in about two milliseconds. */
const most = { values: 5000, characters: 2 ** 18 };
/** Elements of a list that are looked at together. */
const CHUNK = 500;

/** Whether a JSON-safe value, in which there is no JsonText, is written at one go within a few milliseconds. Looks at no more of it than that. */
export function isSmall(value: unknown): boolean {
  const waiting: unknown[] = [value];
  let characters = 0;
  for (let values = 0; waiting.length > 0; values++) {
    if (values + waiting.length > most.values || characters > most.characters) return false;
    const next = waiting.pop();
    if (typeof next === 'string') characters += next.length;
    if (typeof next !== 'object' || next === null) continue;
    if (next instanceof JsonText) return false;
    if (Array.isArray(next) && next.length > most.values) return false;
    for (const one of Object.values(next)) waiting.push(one);
  }
  return characters <= most.characters;
}

/**
 * JSON.stringify's text of a JSON-safe value in pieces, each written within a few milliseconds (a single text is never divided). What is
 * JsonText in it is passed on.
 */
export function* jsonPieces(value: unknown): Generator<string> {
  if (value instanceof JsonText) yield* value.pieces;
  else if (typeof value !== 'object' || value === null || isSmall(value)) yield textOf(value);
  else if (Array.isArray(value)) yield* piecesOfList(value);
  else {
    let opening = '{';
    for (const [key, one] of Object.entries(value)) {
      if (one === undefined) continue;
      yield `${opening}${JSON.stringify(key)}:`;
      yield* jsonPieces(one);
      opening = ',';
    }
    yield opening === '{' ? '{}' : '}';
  }
}

function* piecesOfList(list: readonly unknown[]): Generator<string> {
  yield '[';
  for (let from = 0; from < list.length; from += CHUNK) {
    const chunk = list.slice(from, from + CHUNK);
    if (from > 0) yield ',';
    if (isSmall(chunk)) yield JSON.stringify(chunk).slice(1, -1);
    else
      for (const [at, one] of chunk.entries()) {
        if (at > 0) yield ',';
        yield* jsonPieces(one);
      }
  }
  yield ']';
}

/** As within a list: what JSON has no word for is null. */
const textOf = (value: unknown): string => (value === undefined ? 'null' : JSON.stringify(value));
