import { exportDescriptors } from '../../../contract/exports.ts';
import type { ExportRow } from '../../../contract/result.ts';
import { roleNames, type ReportData } from './data.ts';
import { bytes, decimal, latency, percent } from './format.ts';
import { html, type Html } from './html.ts';

const titleOf = ({ format, role }: ExportRow): string =>
  `${exportDescriptors[format].label}${role === 'student' ? '' : ` (${roleNames[role].toLowerCase()})`}`;

const remarks = (rows: readonly ExportRow[], pick: (row: ExportRow) => readonly string[]): Html[] =>
  rows.flatMap((row) => pick(row).map((text) => html`<li><strong>${titleOf(row)}:</strong> ${text}</li>`));

/** The exported networks, each run on the test images; null where none was checked. */
export function exportsSection({ result }: ReportData): Html | null {
  const rows = result.exports ?? [];
  if (rows.length === 0) return null;
  const findings = remarks(rows, (row) => row.findings);
  const notes = remarks(rows, (row) => row.notes);
  const runtimes = [...new Set(rows.map(({ runtime }) => runtime))].join(', ');
  return html`<section id="exports">
    <h2>Exports</h2>
    <p>
      Each exported file was run on the test images with ${runtimes}. Agreement is the share of images for
      which it predicts the same class as the network itself; the largest difference is that of a single
      probability.
    </p>
    ${
      findings.length === 0
        ? null
        : html`<ul class="findings">
            ${findings}
          </ul>`
    }
    <div class="scroll">
      <table>
        <caption>
          Scores of the files; time per image from pixels to probabilities, one image at a time, the files in
          turns: median (and quartiles)
        </caption>
        <thead>
          <tr>
            <th scope="col">Format</th>
            <th scope="col" class="number">Size</th>
            <th scope="col" class="number">Accuracy</th>
            <th scope="col" class="number">F1, macro</th>
            <th scope="col" class="number">Log loss</th>
            <th scope="col" class="number">Agreement</th>
            <th scope="col" class="number">Largest difference</th>
            <th scope="col" class="number">Time per image</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <th scope="row">${titleOf(row)}${row.findings.length > 0 ? ' (fell short)' : ''}</th>
                <td>${bytes(row.bytes)}</td>
                <td>${percent(row.accuracy)}</td>
                <td>${percent(row.f1Macro)}</td>
                <td>${decimal(row.logLoss, 4)}</td>
                <td>${percent(row.agreement)}</td>
                <td>${row.largestDifference < 1e-4 ? '< 0.0001' : decimal(row.largestDifference, 4)}</td>
                <td>${latency(row.latency)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      notes.length === 0
        ? null
        : html`<ul class="note">
            ${notes}
          </ul>`
    }
  </section>`;
}
