import { html, raw, type Html } from './html.ts';
import { style } from './style.ts';

/** What a report itself forbids, wherever it is opened: scripts, network, forms. Its styles and images are embedded. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'";

export interface ReportPage {
  /** What kind of report it is, e.g. 'Distillation report'. */
  kind: string;
  /** What it is about. */
  name: string;
  /** A line below the name: when, how much. */
  note: string;
  sections: readonly Html[];
}

/** A report as one HTML document: no script, no network, everything inside. */
export const reportPage = ({ kind, name, note, sections }: ReportPage): string =>
  `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${name}: ${kind.toLowerCase()}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <p class="kind">${kind}</p>
            <h1>${name}</h1>
            <p class="note">${note}</p>
          </header>
          ${sections}
        </main>
      </body>
    </html>`.html
  }\n`;
