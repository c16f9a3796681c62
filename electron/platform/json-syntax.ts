/** A place where text is not JSON. Lines and columns count from 1. */
export interface SyntaxFault {
  line: number;
  column: number;
  /** e.g. 'expected a comma or "}"'. */
  message: string;
}

/**
 * Where and why `text` is not JSON (RFC 8259), or null where it is. JSON.parse stays the parser; this is for the person
 * who has to find the fault, as engines' own messages name a place only sometimes.
 */
export function findSyntaxFault(text: string): SyntaxFault | null {
  const found = scan(text);
  if (found === null) return null;
  const before = text.slice(0, found.at).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1, message: found.message };
}

interface Fault {
  at: number;
  message: string;
}

const token =
  /[ \t\r\n]*(?:([{}[\],:])|"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|$)/uy;

function scan(text: string): Fault | null {
  /** The closing brackets that are still to come. */
  const open: ('}' | ']')[] = [];
  let expected: 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing' =
    'value';
  let at = 0;
  for (;;) {
    at += /^[ \t\r\n]*/.exec(text.slice(at))![0].length;
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match) return { at, message: strange(text, at) };
    const word = match[0];
    const end = open.at(-1);
    const wrong = (message: string): Fault => ({
      at,
      message: word === '' ? `${message}, but the file ends` : message,
    });
    const isValue = word !== '' && match[1] === undefined;
    if (expected === 'nothing') return word === '' ? null : wrong('expected nothing more after the end');
    if (word === end && (expected.endsWith('or end') || expected === 'comma or end')) {
      open.pop();
      expected = open.length > 0 ? 'comma or end' : 'nothing';
    } else if (expected === 'comma or end') {
      if (word !== ',') return wrong(`expected a comma or "${end ?? ''}"`);
      expected = end === '}' ? 'key' : 'value';
    } else if (expected === 'colon') {
      if (word !== ':') return wrong('expected a colon after the name');
      expected = 'value';
    } else if (expected.startsWith('key')) {
      if (!isValue || !word.startsWith('"')) {
        return wrong(word === '}' ? 'a comma before "}" is not allowed' : 'expected a name in double quotes');
      }
      expected = 'colon';
    } else if (word === '{' || word === '[') {
      open.push(word === '{' ? '}' : ']');
      expected = word === '{' ? 'key or end' : 'value or end';
    } else if (isValue) {
      expected = open.length > 0 ? 'comma or end' : 'nothing';
    } else {
      return wrong(word === ']' && end === ']' ? 'a comma before "]" is not allowed' : 'expected a value');
    }
    at += word.length;
  }
}

function strange(text: string, at: number): string {
  const rest = text.slice(at);
  if (rest.startsWith('//') || rest.startsWith('/*')) return 'comments are not allowed';
  if (rest.startsWith("'")) return 'texts stand in double quotes, not single ones';
  if (rest.startsWith('"')) return 'this text has no closing quote on its line, or a wrong escape in it';
  const word = /^[\w.+-]+/.exec(rest)?.[0] ?? String.fromCodePoint(rest.codePointAt(0)!);
  return `${JSON.stringify(word)} is not a JSON value; texts stand in double quotes`;
}
