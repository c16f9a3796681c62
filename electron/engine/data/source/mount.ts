import { compareKeys, noSuchKey, type Source } from './source.ts';

export interface Mounted {
  /** The folder inside the base where the archive lies, '' for the root. */
  folder: string;
  source: Source;
}

/** Archives beside files, as if each were unpacked where it lies; a file that is really there comes first. */
export function mount(base: Source, archives: readonly Mounted[]): Source {
  const owners = new Map<string, { source: Source; key: string }>();
  for (const { folder, source } of [{ folder: '', source: base }, ...archives]) {
    for (const key of source.keys) {
      const mounted = folder === '' ? key : `${folder}/${key}`;
      if (!owners.has(mounted)) owners.set(mounted, { source, key });
    }
  }
  return {
    keys: [...owners.keys()].sort(compareKeys),
    places: [base, ...archives.map(({ source }) => source)].flatMap(({ places }) => places),
    read: async (key) => {
      const owner = owners.get(key);
      if (!owner) throw noSuchKey(key);
      return owner.source.read(owner.key);
    },
    close: async () => {
      await Promise.all([base, ...archives.map(({ source }) => source)].map((source) => source.close()));
    },
  };
}
