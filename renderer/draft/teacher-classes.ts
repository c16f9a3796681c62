import { computed, ref, type Ref, watch } from 'vue';
import { untracked } from './draft-recipe.ts';

/** The names of a given teacher's outputs in its own order: a file's path, a list of names, or null where they are the dataset's. */
export type TeacherClasses = string | string[] | null;

/** The names in a text of one a line; null where there is none. */
export function classesIn(text: string): string[] | null {
  const names = text
    .split('\n')
    .map((line) => line.trim())
    .filter((name) => name !== '');
  return names.length === 0 ? null : untracked(names);
}

/** A field that takes either a file or a list typed into it. */
export function useTeacherClasses(classes: Ref<TeacherClasses>) {
  const isTyped = ref(Array.isArray(classes.value));
  watch(classes, (now) => {
    if (now !== null) isTyped.value = Array.isArray(now);
  });
  const file = computed<string | null>({
    get: () => (typeof classes.value === 'string' ? classes.value : null),
    set: (next) => (classes.value = next),
  });
  const lines = computed<string>({
    get: () => (Array.isArray(classes.value) ? classes.value.join('\n') : ''),
    set: (text) => (classes.value = classesIn(text)),
  });
  /** To the other way of giving them; what was given is no longer asked for. */
  function change(): void {
    isTyped.value = !isTyped.value;
    classes.value = null;
  }
  return { isTyped, file, lines, change };
}
