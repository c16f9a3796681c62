import { DistillError } from '../../contract/errors.ts';
import { frozenGroups } from '../../contract/run.ts';

/**
 * The number of frozen parameter groups that `freezeTo` means: below zero it counts from the end. Throws RECIPE_INVALID beyond the
 * network's groups; `name` is the field to blame.
 */
export function checkedFrozenGroups(
  freezeTo: number,
  { groups, architecture }: { groups: number; architecture: string },
  name = 'freezeTo',
): number {
  if (!Number.isInteger(freezeTo) || freezeTo < -groups || freezeTo >= groups) {
    throw new DistillError(
      'RECIPE_INVALID',
      `${name} ${freezeTo} is outside of ${architecture}'s ${groups} parameter groups.`,
      `Choose an integer from ${-groups} to ${groups - 1}; 0 trains everything, -1 the head alone.`,
    );
  }
  return frozenGroups(freezeTo, groups);
}
