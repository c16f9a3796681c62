import type { Page } from '@playwright/test';

/** Widths of the window: 1,280 pixels at a zoom of 125 %, about 150 %, and the narrowest that is promised. */
export const narrowWidths = [1024, 860, 720] as const;

/** What cannot be seen whole and not be scrolled to, as lines: what reaches beyond the window or beyond what hides its overflow. */
export async function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scrolls = (element: Element) => ['auto', 'scroll'].includes(getComputedStyle(element).overflowX);
    const name = (element: Element) => {
      const text = (element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 40);
      const id = element.getAttribute('data-testid') ?? element.getAttribute('data-field') ?? '';
      return `${element.tagName.toLowerCase()}${id === '' ? '' : `[${id}]`} "${text}"`;
    };
    const found: string[] = [];
    const look = (element: Element): void => {
      const style = getComputedStyle(element);
      const rect = element.getBoundingClientRect();
      // Hidden, or for screen readers only; and what runs to and fro in a bar.
      if (element.matches('[role=progressbar]')) return;
      if (style.display === 'none' || style.visibility === 'hidden' || rect.width <= 1) return;
      // The page itself must not be wider than the window; its inner scroll areas may.
      if (scrolls(element) && element.id !== 'main' && rect.right <= innerWidth + 1) return;
      const isOut = rect.right > innerWidth + 1 || rect.left < -1;
      const hides = style.overflowX === 'hidden' || style.overflowX === 'clip' || element.id === 'main';
      const isShortened = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
      if (isOut) found.push(`${name(element)} reaches from ${rect.left} to ${rect.right} of ${innerWidth}`);
      else if (hides && !isShortened && element.scrollWidth > element.clientWidth + 1)
        found.push(`${name(element)} hides ${element.scrollWidth - element.clientWidth} pixels`);
      if (isOut || isShortened) return;
      for (const child of element.children) look(child);
    };
    look(document.body);
    return found;
  });
}
