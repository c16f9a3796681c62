/** Matrices of the same number of rows side by side: one joined row holds a row of each. */
export function joinRows(
  parts: readonly { width: number; data: Float32Array }[],
  rows: number,
): Float32Array {
  if (parts.length === 1) return parts[0]!.data;
  const columns = parts.reduce((sum, { width }) => sum + width, 0);
  const joined = new Float32Array(rows * columns);
  let from = 0;
  for (const { width, data } of parts) {
    for (let row = 0; row < rows; row++)
      joined.set(data.subarray(row * width, (row + 1) * width), row * columns + from);
    from += width;
  }
  return joined;
}

/** The inverse of `joinRows`: name, width and values of each matrix. */
export function splitRows(
  joined: Float32Array,
  widths: Readonly<Record<string, number>>,
): [name: string, width: number, data: Float32Array][] {
  const columns = Object.values(widths).reduce((sum, width) => sum + width, 0);
  const rows = joined.length / columns;
  let from = 0;
  return Object.entries(widths).map(([name, width]) => {
    const data = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++)
      data.set(joined.subarray(row * columns + from, row * columns + from + width), row * width);
    from += width;
    return [name, width, data];
  });
}
