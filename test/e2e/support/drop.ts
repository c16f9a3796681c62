import type { Locator, Page } from '@playwright/test';

/**
 * Drops a file or folder of this computer on something, as a person does with the mouse: the browser itself is given the path, and lets
 * the page read what lies there, folders too. Playwright has no call for it; Chromium's own protocol has:
 * https://chromedevtools.github.io/devtools-protocol/tot/Input/#method-dispatchDragEvent
 */
export async function dropPath(page: Page, target: Locator, path: string): Promise<void> {
  const box = await target.boundingBox();
  if (box === null) throw new Error('What is to be dropped on is not shown.');
  const protocol = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await protocol.send('Input.dispatchDragEvent', {
      type,
      x: box.x + box.width / 2,
      y: box.y + box.height / 4,
      data,
    });
  await protocol.detach();
}
