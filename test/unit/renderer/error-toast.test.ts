import { expect, it } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import { errorText, showError } from '../../../renderer/error-toast.ts';

function told(thrown: unknown, title?: string) {
  const toasts: Parameters<Parameters<typeof showError>[0]['add']>[0][] = [];
  showError({ add: (toast) => toasts.push(toast) }, thrown, title);
  return toasts;
}
const error = new DistillError('DISK_FULL', 'The disk is full.', 'Free some space.');

it('tells message, hint and code, with a way to copy them', () => {
  const [toast] = told(error);
  expect(toast).toMatchObject({ title: 'The disk is full.', description: 'Free some space. (DISK_FULL)' });
  expect(toast!.actions!.map(({ label }) => label)).toEqual(['Copy']);
  expect(errorText(error)).toBe('DISK_FULL: The disk is full.\nFree some space.');
});

it('tells what failed first where that is known, and the same failure only once', () => {
  const [toast] = told(error, 'The draft was not removed');
  expect(toast).toMatchObject({
    title: 'The draft was not removed',
    description: 'The disk is full. Free some space. (DISK_FULL)',
  });
  expect(told(error)[0]!.id).toBe(told(error)[0]!.id);
  expect(told(error)[0]!.id).not.toBe(toast!.id);
});

it('says nothing of what the person cancelled', () => {
  expect(told(new DistillError('CANCELLED', 'Cancelled.'))).toEqual([]);
});
