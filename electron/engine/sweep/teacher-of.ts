import { RunFolder } from '../run-folder/run-folder.ts';
import type { Member } from './members.ts';

/**
 * The run of this sweep that trained the teacher which a member needs; null where none has, so that the member trains it itself.
 * `folders`: of the members, in their order. The first counts, so that all members of a resumed sweep have the same one.
 */
export async function teacherRunOf(
  member: Member,
  members: readonly Member[],
  folders: readonly (string | null)[],
): Promise<string | null> {
  if (member.teacherKey === null) return null;
  for (const [i, folder] of folders.entries()) {
    if (folder === null || members[i]!.teacherKey !== member.teacherKey) continue;
    const run = await RunFolder.open(folder).catch(() => null);
    if (run?.recipe.teacher.source !== 'train') continue;
    if (run.finished.some(({ role }) => role === 'teacher')) return folder;
  }
  return null;
}
