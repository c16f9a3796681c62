import { html, type Html } from './html.ts';

/** Names with values, and what was asked for as JSON, folded. */
export const factsWithSource = (entries: readonly [string, string][], title: string, source: unknown): Html =>
  html`<dl class="facts">
      ${entries.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    <details>
      <summary>${title}</summary>
      <pre>${JSON.stringify(source, null, 2)}</pre>
    </details>`;
