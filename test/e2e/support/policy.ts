import type { Page } from '@playwright/test';

const mark = 'Content Security Policy';

/** What the pages try from now on that their own policy forbids, as it comes. Called before the first page is shown. */
export async function policyViolations(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes(mark)) found.push(message.text());
  });
  // The browser logs most by itself, but not those of trusted types or of a policy that only reports.
  await page.addInitScript((words) => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { effectiveDirective, blockedURI, sourceFile, lineNumber } = event;
      console.error(`${words}: ${effectiveDirective} ${blockedURI} at ${sourceFile}:${lineNumber}`);
    });
  }, mark);
  return found;
}
