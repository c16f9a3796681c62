/**
 * Names and values that come from outside, as they may stand in a sentence: no control character reaches a terminal, no
 * direction mark turns a line around, no value drowns the text around it.
 */

/** C0, DEL and C1 (Cc); direction marks and overrides; line and paragraph separators; the byte order mark. */
const hidden = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

const escaped = (character: string): string => {
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
};

/** Every character that moves a cursor, colours, rings or turns text around, as an escape that can be read. */
export const withoutControls = (text: string): string => text.replaceAll(hidden, escaped);

/** The same for text of several lines, whose own line breaks and tabs stay. */
export const linesWithoutControls = (text: string): string =>
  text.replaceAll(hidden, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );

/** Characters of a value that is shown whole; a path of a usual length is. */
const longestValue = 160;
/** Of a longer one, at either end. */
const kept = 40;
/** Characters of a whole message. */
const longestMessage = 4000;

/** A long value as its beginning and its end. */
export function shortened(value: string, longest = longestValue): string {
  // By code points, so that no surrogate pair is cut in two.
  const points = value.length > longest ? Array.from(value) : [];
  if (points.length <= longest) return value;
  const ends = Math.min(kept, Math.floor(longest / 2));
  return `${points.slice(0, ends).join('')}…${points.slice(-ends).join('')}`;
}

/** A message with the values that it quotes escaped and shortened. */
export function safeMessage(message: string): string {
  const quoted = message.replaceAll(
    /"([^"]*)"/g,
    (_, value: string) => `"${shortened(withoutControls(value))}"`,
  );
  return shortenedMessage(linesWithoutControls(quoted));
}

const shortenedMessage = (message: string): string =>
  message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
