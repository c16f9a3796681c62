/**
 * Reads `count` numbers of `width` bits in Parquet's hybrid of runs and packed bits. Throws Error where the bytes end
 * before; a run that claims more than is wanted costs nothing.
 */
export function readRuns(bytes: Uint8Array, width: number, count: number): Uint32Array {
  if (width > 32) throw new Error(`it has numbers of ${width} bits`);
  const values = new Uint32Array(count);
  let at = 0;
  let seen = 0;
  const byte = (): number => {
    const value = bytes[at++];
    if (value === undefined) throw new Error('a page is cut off');
    return value;
  };
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const next = byte();
      value += (next & 0x7f) * 2 ** shift;
      if (next < 0x80) return value;
    }
    throw new Error('a page has a run of impossible length');
  };
  while (seen < count) {
    const head = varint();
    const length = Math.floor(head / 2);
    if (head % 2 === 0) {
      let value = 0;
      for (let shift = 0; shift < width; shift += 8) value += byte() * 2 ** shift;
      const end = Math.min(count, seen + length);
      values.fill(value, seen, end);
      seen = end;
    } else {
      const end = Math.min(count, seen + 8 * length);
      let left = 0;
      let bits = 0;
      for (; seen < end; seen++) {
        for (; left < width; left += 8) bits += byte() * 2 ** left;
        values[seen] = bits % 2 ** width;
        bits = Math.floor(bits / 2 ** width);
        left -= width;
      }
    }
  }
  return values;
}
