import path from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from '@playwright/test';
import { root } from './paths.ts';

/** Brings axe into every page that is opened from now on: its content security policy allows no other scripts later. */
export const withAxe = (page: Page): Promise<unknown> =>
  page.addInitScript({ path: path.join(root, 'node_modules/axe-core/axe.min.js') });

type Axe = { run: (within: string, options: RunOptions) => Promise<AxeResults> };

/** What somebody would stumble over, as lines: rule, element, why. `within`: a selector of what is looked at. */
export async function axeFindings(page: Page, options: RunOptions = {}, within = 'html'): Promise<string[]> {
  const { violations } = await page.evaluate(
    ([within, options]) => {
      const { axe } = globalThis as unknown as { axe: Axe };
      return axe.run(within, { ...options, resultTypes: ['violations'] });
    },
    [within, options] as const,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, nodes }) =>
      nodes.map(({ target, failureSummary = '' }) => {
        const why = failureSummary.split('\n').slice(1).join(' ').trim();
        return `${impact} ${id}: ${target.join(' ')}: ${why}`;
      }),
    );
}
