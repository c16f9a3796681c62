/** Rows that two columns or more have, and those that one alone has, which show no difference. */
export function partRows<Row>(
  rows: readonly Row[],
  isThere: (row: Row) => readonly boolean[],
): { shared: Row[]; alone: Row[] } {
  const isShared = (row: Row): boolean => isThere(row).filter(Boolean).length > 1;
  return { shared: rows.filter(isShared), alone: rows.filter((row) => !isShared(row)) };
}
