import type { Log } from './protocol.ts';
import type { Transport } from './transport.ts';

/**
 * What one message to an engine may hold. The deepest input of the contract nests ten levels; the largest is a recipe with eight teachers,
 * each with the names of its 10,000 classes. Checking 100,000 values by a schema holds the engine's thread for some 20 ms. JSON.stringify,
 * structured clone and every checker recurse: 20,000 nested arrays overflow their stack.
 */
export const messageLimits = { depth: 64, values: 100_000, characters: 16 * 2 ** 20 } as const;

/** What is too much about a message, as the end of a sentence; null where nothing is. JSON text is not parsed for it. */
export function excessOf(received: unknown): string | null {
  return typeof received === 'string' ? excessOfText(received) : excessOfValue(received);
}

const tooLong = `has more than ${messageLimits.characters} characters`;
const tooDeep = `nests more than ${messageLimits.depth} levels`;
const tooMany = `has more than ${messageLimits.values} values`;

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [opening, closing] = [new Set([0x5b, 0x7b]), new Set([0x5d, 0x7d])];

function excessOfText(text: string): string | null {
  if (text.length > messageLimits.characters) return tooLong;
  let depth = 0;
  let values = 1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) {
      i = endOfString(text, i);
    } else if (code === comma || opening.has(code)) {
      if (++values > messageLimits.values) return tooMany;
      if (code !== comma && ++depth > messageLimits.depth) return tooDeep;
    } else if (closing.has(code)) depth--;
  }
  return null;
}

/** The place of the quotation mark that ends the string beginning at `start`; the text's length where none does. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === backslash) i++;
    else if (code === quote) return i;
  }
  return text.length;
}

/** Without recursion. A value that holds itself is too deep; one that is reached by many ways counts each time. */
function excessOfValue(received: unknown): string | null {
  const waiting: { value: unknown; depth: number }[] = [{ value: received, depth: 0 }];
  let values = 1;
  let characters = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string') characters += value.length;
    if (characters > messageLimits.characters) return tooLong;
    if (value === null || typeof value !== 'object') continue;
    if (depth >= messageLimits.depth) return tooDeep;
    // Its bytes would count as properties.
    if (ArrayBuffer.isView(value)) return 'is not of JSON';
    const names = Array.isArray(value) ? null : Object.keys(value);
    values += names?.length ?? (value as unknown[]).length;
    if (values > messageLimits.values) return tooMany;
    if (names) for (const name of names) characters += name.length;
    const parts = names ? Object.values(value) : (value as unknown[]);
    for (const part of parts) waiting.push({ value: part, depth: depth + 1 });
  }
  return null;
}

/**
 * The same transport, closed by the first message that is too much, and by the first that its receiver fails at: the fault of one client
 * must not reach the listener of a port, where it would end the process.
 */
export function limited(transport: Transport, log: Log): Transport {
  let isClosed = false;
  function close(): void {
    isClosed = true;
    try {
      transport.close();
    } catch (thrown) {
      log('A connection could not be closed', thrown);
    }
  }
  return {
    post: (message) => transport.post(message),
    onClose: (closed) => transport.onClose(closed),
    onMessage: (receive) =>
      transport.onMessage((received) => {
        if (isClosed) return;
        const excess = excessOf(received);
        if (excess !== null) {
          log(`A message that ${excess} was refused, and its connection closed.`);
          close();
          return;
        }
        try {
          receive(received);
        } catch (thrown) {
          log('A message failed, and its connection was closed', thrown);
          close();
        }
      }),
    close,
  };
}
