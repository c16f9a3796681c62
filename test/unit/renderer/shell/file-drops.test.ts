import { expect, it } from 'vitest';
import { refuseStrayFiles } from '../../../../renderer/shell/file-drops.ts';

/** What is done to a drag event of these types, after a zone has taken it or not. */
function drag(type: 'dragover' | 'drop', types: string[], isTaken = false) {
  const target = new EventTarget();
  if (isTaken) target.addEventListener(type, (event) => event.preventDefault());
  refuseStrayFiles(target);
  const dataTransfer = { types, dropEffect: 'copy' };
  const event = Object.assign(new Event(type, { cancelable: true }), { dataTransfer });
  target.dispatchEvent(event);
  return { isPrevented: event.defaultPrevented, effect: dataTransfer.dropEffect };
}

it('files are not opened in place of the program', () => {
  for (const type of ['dragover', 'drop'] as const)
    expect(drag(type, ['Files'])).toEqual({ isPrevented: true, effect: 'none' });
});

it('leaves alone what a zone takes, and text that is dragged into a field', () => {
  expect(drag('dragover', ['Files'], true)).toEqual({ isPrevented: true, effect: 'copy' });
  expect(drag('drop', ['text/plain'])).toEqual({ isPrevented: false, effect: 'copy' });
});
