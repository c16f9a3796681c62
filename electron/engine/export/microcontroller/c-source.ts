/** C++ sources of data: the same bytes again once they are compiled. */

const bytesInLine = 12;
const linesAtOnce = 4096;

/** An array's elements, a line for twelve. */
function elements(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesInLine)
    lines.push(`    ${[...bytes.subarray(at, at + bytesInLine)].map(hex).join(' ')}\n`);
  return lines.join('');
}

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')},`;

/** The definition of `name` and `name`Length, in pieces: that of a large network is six times its size. */
export async function* arraySource(
  header: string,
  name: string,
  data: () => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const bytes = await data();
  const text = new TextEncoder();
  yield text.encode(`#include "${header}"\n\nalignas(16) const unsigned char ${name}[] = {\n`);
  const step = bytesInLine * linesAtOnce;
  for (let at = 0; at < bytes.length; at += step) yield text.encode(elements(bytes.subarray(at, at + step)));
  yield text.encode(`};\nconst std::size_t ${name}Length = ${bytes.length};\n`);
}

/**
 * A text as a C string literal in UTF-8: all but plain characters as three octal digits, which no character after them can
 * lengthen; question marks, too, for trigraphs.
 */
export function cString(text: string): string {
  const parts = Array.from(new TextEncoder().encode(text), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9 !#-&(-/:->@[\]^_`{|}~]/.test(character)
      ? character
      : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${parts.join('')}"`;
}
