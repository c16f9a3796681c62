import { DistillError } from '../../../electron/contract/errors.ts';
import { host } from '../../host/index.ts';

/**
 * All files in what was dropped; those in folders know their place below what was dropped (webkitRelativePath). To be called
 * before anything is waited for: the transfer is emptied then.
 */
export async function filesIn(transfer: DataTransfer): Promise<File[]> {
  // The desktop app asks for the paths themselves, so that a folder is not walked through here.
  if (host.kind === 'desktop') return [...transfer.files];
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  return (await Promise.all(entries.map(filesBelow))).flat();
}

/** What systems leave behind in folders: .DS_Store and its like. */
const isHidden = ({ name }: FileSystemEntry): boolean => name.startsWith('.');

async function filesBelow(entry: FileSystemEntry): Promise<File[]> {
  if (isFile(entry)) {
    const file = await read<File>(entry, (...callbacks) => entry.file(...callbacks));
    const place = entry.fullPath.replace(/^\//, '');
    if (place.includes('/')) Object.defineProperty(file, 'webkitRelativePath', { value: place });
    return [file];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  // A reader gives a hundred or so at a time, and an empty list at the end.
  for (;;) {
    const some = await read<FileSystemEntry[]>(entry, (...callbacks) => reader.readEntries(...callbacks));
    if (some.length === 0) return files;
    const inner = some.filter((one) => !isHidden(one));
    for (const file of (await Promise.all(inner.map(filesBelow))).flat()) files.push(file);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

type Callbacks<Value> = [resolve: (value: Value) => void, reject: (error: DOMException) => void];

const read = <Value>(
  { fullPath }: FileSystemEntry,
  start: (...callbacks: Callbacks<Value>) => void,
): Promise<Value> =>
  new Promise<Value>(start).catch((cause: unknown) => {
    const why = cause instanceof Error ? ` (${cause.message})` : '';
    throw new DistillError(
      'NOT_FOUND',
      `"${fullPath.replace(/^\//, '')}" cannot be read by the browser${why}.`,
      'Check that it still exists and is readable, then drop it again.',
      { cause },
    );
  });
