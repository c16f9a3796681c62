/** A text file's characters and how they were encoded. */
export interface DecodedText {
  text: string;
  encoding: 'UTF-8' | 'UTF-16' | 'Windows-1252';
}

/** How much of a file is looked at to detect UTF-16 without a mark. */
const sampleBytes = 4096;

/**
 * UTF-8 or UTF-16, with a byte order mark or without; Windows-1252 where the bytes are no UTF-8, which is what
 * spreadsheets write in Western Europe. null for bytes that are no text.
 */
export function decodeText(bytes: Uint8Array): DecodedText | null {
  const wide = utf16Of(bytes);
  if (wide !== null) return { text: new TextDecoder(wide).decode(bytes), encoding: 'UTF-16' };
  if (bytes.subarray(0, sampleBytes).includes(0)) return null;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'UTF-8' };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'Windows-1252' };
  }
}

/**
 * By the byte order mark, else by the zeros: every other byte of UTF-16's Latin letters, commas and line ends is one,
 * and text has no other zeros.
 */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, sampleBytes - (sampleBytes % 2));
  const zeros: [number, number] = [0, 0];
  sample.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2 === 0 ? 0 : 1]++;
  });
  const isEnough = (count: number) => count >= 2 && count >= sample.length / 20;
  if (isEnough(zeros[1]) && zeros[0] === 0) return 'utf-16le';
  return isEnough(zeros[0]) && zeros[1] === 0 ? 'utf-16be' : null;
}
