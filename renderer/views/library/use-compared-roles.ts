import { computed, ref, type Ref } from 'vue';
import type { Role } from '../../../electron/contract/run.ts';

/** Which model of each run is compared: the student's, until others are chosen for one run or for all. */
export function useComparedRoles(folders: Ref<readonly string[]>) {
  const chosen = ref<Record<string, Role>>({});
  const roleOf = (folder: string): Role => chosen.value[folder] ?? 'student';
  const choose = (folder: string, role: Role): void => {
    chosen.value = { ...chosen.value, [folder]: role };
  };
  /** null where the runs are compared by different models. */
  const common = computed<Role | null>(() => {
    const [first, ...others] = folders.value.map(roleOf);
    return first !== undefined && others.every((role) => role === first) ? first : null;
  });
  const chooseAll = (role: Role): void => {
    chosen.value = Object.fromEntries(folders.value.map((folder) => [folder, role]));
  };
  return { roleOf, choose, common, chooseAll };
}
