/** '0, 2, 4' -> [0, 2, 4], each once and in order; null where it is no list of whole numbers from 0 to 64. */
export function parseCounts(text: string): number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const counts = parts.map(Number);
  if (counts.length === 0 || counts.some((count) => !Number.isInteger(count) || count < 0 || count > 64))
    return null;
  return [...new Set(counts)].sort((a, b) => a - b);
}
