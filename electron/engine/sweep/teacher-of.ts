import type { Member } from './members.ts';
import type { SweepFolder } from './sweep-folder.ts';

/**
 * The run of this sweep that trained the teacher which a member needs; null where none has, so that the member trains it itself.
 * The first counts, so that all members of a resumed sweep have the same one.
 */
export async function teacherRunOf(
  member: Member,
  members: readonly Member[],
  sweep: SweepFolder,
): Promise<string | null> {
  if (member.teacherKey === null) return null;
  for (const [index, { teacherKey }] of members.entries()) {
    if (teacherKey !== member.teacherKey) continue;
    const run = await sweep.openMember(index);
    if (run?.recipe.teacher.source !== 'train') continue;
    if (run.finished.some(({ role }) => role === 'teacher')) return run.folder;
  }
  return null;
}
