import { compareKeys, noSuchKey, type Source } from './source.ts';

export interface Mounted {
  /** The archive's own key in the base, which the mounted files stand for. */
  archive: string;
  /** The folder inside the base where the archive lies, '' for the root. */
  folder: string;
  source: Source;
}

/** Archives beside files, as if each were unpacked where it lies; a file that is really there comes first. */
export function mount(base: Source, archives: readonly Mounted[]): Source {
  const mountedArchives = new Set(archives.map(({ archive }) => archive));
  const files = base.keys.filter((key) => !mountedArchives.has(key));
  const owners = new Map<string, { source: Source; key: string }>();
  const all = [
    { folder: '', source: base, keys: files },
    ...archives.map(({ folder, source }) => ({ folder, source, keys: source.keys })),
  ];
  for (const { folder, source, keys } of all) {
    for (const key of keys) {
      const mounted = folder === '' ? key : `${folder}/${key}`;
      if (!owners.has(mounted)) owners.set(mounted, { source, key });
    }
  }
  const ownerOf = (mounted: string) => {
    const owner = owners.get(mounted);
    if (!owner) throw noSuchKey(mounted);
    const { source, key } = owner;
    return { read: () => source.read(key), head: (length: number) => source.head(key, length) };
  };
  return {
    keys: [...owners.keys()].sort(compareKeys),
    skipped: [base, ...archives.map(({ source }) => source)].flatMap(({ skipped }) => skipped),
    notes: base.notes,
    places: [base, ...archives.map(({ source }) => source)].flatMap(({ places }) => places),
    read: async (key) => ownerOf(key).read(),
    head: async (key, length) => ownerOf(key).head(length),
    close: async () => {
      await Promise.all([base, ...archives.map(({ source }) => source)].map((source) => source.close()));
    },
  };
}
