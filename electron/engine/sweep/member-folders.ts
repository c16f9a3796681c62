import { readdir } from 'node:fs/promises';
import { isSegment } from '../../contract/segment.ts';
import { breath } from '../../platform/breath.ts';
import { slug } from '../run-folder/naming.ts';

/** The run folder of one attempt at a member. */
export interface MemberFolder {
  index: number;
  /** 1-based. Each attempt writes in a folder of its own, so that a late one cannot write over its successor. */
  attempt: number;
  name: string;
}

const pattern = /^(\d{5,})-(\d+)-/;

/** '00041-1-temperature-8-seed-2', which a list of files shows in the members' order. */
export const memberFolderName = (index: number, attempt: number, title: string): string =>
  `${String(index).padStart(5, '0')}-${attempt}-${slug(title)}`;

/** What a name in `runs/` is; null: no member's folder. */
export function memberFolder(name: string): MemberFolder | null {
  const [, index, attempt] = pattern.exec(name) ?? [];
  return index === undefined || !isSegment(name)
    ? null
    : { index: Number(index), attempt: Number(attempt), name };
}

/** The last attempt at each member that has begun, by the member's index. */
export async function lastAttempts(runs: string): Promise<Map<number, MemberFolder>> {
  const last = new Map<number, MemberFolder>();
  for (const name of await readdir(runs).catch((): string[] => [])) {
    if (breath.isDue) await breath.take();
    const folder = memberFolder(name);
    if (folder && folder.attempt >= (last.get(folder.index)?.attempt ?? 0)) last.set(folder.index, folder);
  }
  return last;
}
