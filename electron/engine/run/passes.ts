/** Counts images over several passes. */
export function passes(total: number, onProgress: (done: number, total: number) => void) {
  let before = 0;
  return (images: number) => ({
    onProgress: ({ done }: { done: number }) => onProgress(before + done, total),
    end: () => (before += images),
  });
}

/** One of them. */
export type Pass = ReturnType<ReturnType<typeof passes>>;
