import { expect, it } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import { errorText, showError } from '../../../renderer/error-toast.ts';

function reported(thrown: unknown, title?: string) {
  const toasts: Parameters<Parameters<typeof showError>[0]['add']>[0][] = [];
  showError({ add: (toast) => toasts.push(toast) }, thrown, title);
  return toasts;
}
const error = new DistillError('DISK_FULL', 'The disk is full.', 'Free some space.');

it('shows message, hint and code, with a way to copy them', () => {
  const [toast] = reported(error);
  expect(toast).toMatchObject({ title: 'The disk is full.', description: 'Free some space. (DISK_FULL)' });
  expect(toast!.actions!.map(({ label }) => label)).toEqual(['Copy']);
  expect(errorText(error)).toBe('DISK_FULL: The disk is full.\nFree some space.');
});

it('begins with what failed where that is known, and the same failure only once', () => {
  const [toast] = reported(error, 'The draft was not removed');
  expect(toast).toMatchObject({
    title: 'The draft was not removed',
    description: 'The disk is full. Free some space. (DISK_FULL)',
  });
  expect(reported(error)[0]!.id).toBe(reported(error)[0]!.id);
  expect(reported(error)[0]!.id).not.toBe(toast!.id);
});

it('shows nothing for what the person cancelled', () => {
  expect(reported(new DistillError('CANCELLED', 'Cancelled.'))).toEqual([]);
});
