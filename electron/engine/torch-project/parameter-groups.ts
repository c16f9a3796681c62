import type { Parameter } from '../models/model.ts';

/** The first `depth` parts of a module's name. */
const ancestor = (name: string, depth: number): string => name.split('.').slice(0, depth).join('.');

/**
 * The modules whose parameters make up each group, named as briefly as they can be: `layer1` where all of it is in one group,
 * `features.0` where `features` is divided.
 */
export function groupModules(parameters: readonly Pick<Parameter, 'name' | 'group'>[]): string[][] {
  const groupsOf = (module: string) =>
    new Set(
      parameters
        .filter(({ name }) => name === module || name.startsWith(`${module}.`))
        .map(({ group }) => group),
    );
  const groups: Set<string>[] = [];
  for (const { name, group } of parameters) {
    let depth = 1;
    while (groupsOf(ancestor(name, depth)).size > 1) depth++;
    (groups[group] ??= new Set()).add(ancestor(name, depth));
  }
  return groups.map((modules) => [...modules]);
}
