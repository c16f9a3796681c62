/** A folder with images in or below it. */
export interface Folder {
  /** Inside the dataset, with '/'; '' for its root. As the disk has it. */
  path: string;
  /** In Unicode NFC. */
  name: string;
  parent: Folder | null;
  /** By their names in Unicode NFC: macOS stores names decomposed, and both spellings mean one class. */
  children: Map<string, Folder>;
  /** Keys of the images that lie directly in it. */
  files: string[];
  /** Images in it and below it. */
  images: number;
}

/** The folders of these images, the root first, each before those below it. */
export function folderTree(keys: readonly string[]): Folder[] {
  const root = folder('', '', null);
  const all = [root];
  for (const key of keys) {
    let at = root;
    at.images++;
    let end = key.indexOf('/');
    for (let start = 0; end >= 0; start = end + 1, end = key.indexOf('/', start)) {
      const name = key.slice(start, end).normalize('NFC');
      let child = at.children.get(name);
      if (!child) {
        child = folder(key.slice(0, end), name, at);
        at.children.set(name, child);
        all.push(child);
      }
      at = child;
      at.images++;
    }
    at.files.push(key);
  }
  return all;
}

const folder = (path: string, name: string, parent: Folder | null): Folder => ({
  path,
  name,
  parent,
  children: new Map(),
  files: [],
  images: 0,
});

/** Every image in a folder and below it, but for the folders of `except` below it. */
export function imagesBelow(top: Folder, except: ReadonlySet<Folder> = new Set()): string[] {
  const found: string[] = [];
  const pending = [top];
  for (let at = pending.pop(); at; at = pending.pop()) {
    for (const key of at.files) found.push(key);
    for (const child of at.children.values()) if (!except.has(child)) pending.push(child);
  }
  return found;
}

export function isInside(folder: Folder, top: Folder): boolean {
  for (let at: Folder | null = folder; at; at = at.parent) if (at === top) return true;
  return false;
}
