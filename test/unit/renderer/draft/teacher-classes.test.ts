import { afterEach, describe, expect, it } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import { type TeacherClasses, useTeacherClasses } from '../../../../renderer/draft/teacher-classes.ts';

let scope = effectScope();
afterEach(() => {
  scope.stop();
  scope = effectScope();
});

function fieldWith(start: TeacherClasses) {
  const classes = ref(start);
  return { classes, ...scope.run(() => useTeacherClasses(classes))! };
}

describe("the field of a teacher's classes", () => {
  it('begins with what the recipe holds', () => {
    expect(fieldWith(null).isTyped.value).toBe(false);
    const typed = fieldWith(['stop', 'yield']);
    expect([typed.isTyped.value, typed.lines.value, typed.file.value]).toEqual([true, 'stop\nyield', null]);
    const file = fieldWith('/classes.txt');
    expect([file.isTyped.value, file.lines.value, file.file.value]).toEqual([false, '', '/classes.txt']);
  });

  it('takes one name a line, in the order typed; spaces around and empty lines are no names', () => {
    const { classes, lines } = fieldWith(null);
    lines.value = ' Vorfahrt gewähren\r\n\n止まれ 禁止 \nstop\n';
    expect(classes.value).toEqual(['Vorfahrt gewähren', '止まれ 禁止', 'stop']);
    lines.value = ' \n\n';
    expect(classes.value).toBeNull();
  });

  it('stays a list while it is emptied, and forgets what was given the other way', async () => {
    const { classes, isTyped, lines, change } = fieldWith(['stop']);
    lines.value = '';
    await nextTick();
    expect(isTyped.value).toBe(true);
    lines.value = 'stop';
    change();
    expect([isTyped.value, classes.value]).toEqual([false, null]);
  });

  it('follows a draft that is opened with the other kind', async () => {
    const { classes, isTyped } = fieldWith('/classes.txt');
    classes.value = ['stop'];
    await nextTick();
    expect(isTyped.value).toBe(true);
    classes.value = '/other.txt';
    await nextTick();
    expect(isTyped.value).toBe(false);
  });
});
