import type { Cell } from './pages.ts';

/** Bytes of decoded pages that stay in memory. */
const maxBytes = 256 * 1024 * 1024;

/** The pages that were read last. Whoever asks for a page that is being read waits for the same reading. */
export class PageCache {
  readonly #pages = new Map<string, { values: Promise<Cell[]>; bytes: number }>();
  #bytes = 0;

  async get(id: string, read: () => Promise<Cell[]>): Promise<Cell[]> {
    const known = this.#pages.get(id);
    if (known) {
      this.#pages.delete(id);
      this.#pages.set(id, known);
      return known.values;
    }
    const page = { values: read(), bytes: 0 };
    this.#pages.set(id, page);
    try {
      const values = await page.values;
      if (this.#pages.get(id) !== page) return values;
      page.bytes = values.reduce<number>(
        (sum, value) => sum + (value instanceof Uint8Array ? value.length : 8),
        0,
      );
      this.#bytes += page.bytes;
      this.#shrink();
      return values;
    } catch (error) {
      if (this.#pages.get(id) === page) this.#pages.delete(id);
      throw error;
    }
  }

  clear(): void {
    this.#pages.clear();
    this.#bytes = 0;
  }

  /** The one that was used last stays, however large. */
  #shrink(): void {
    for (const [id, page] of this.#pages) {
      if (this.#bytes <= maxBytes || this.#pages.size === 1) return;
      this.#pages.delete(id);
      this.#bytes -= page.bytes;
    }
  }
}
