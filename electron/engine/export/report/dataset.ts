import {
  type ImportReport,
  type PartReport,
  type SkippedFile,
  skipReasons,
} from '../../../contract/dataset.ts';
import { leakSentences } from '../../../contract/leaks.ts';
import { unlabelledSentences } from '../../../contract/unlabelled.ts';
import type { ReportData } from './data.ts';
import { integer, plural } from './format.ts';
import { html, raw, when, type Html } from './html.ts';

/** The list of skipped files is cut here; the counts are whole. */
const MAX_SKIPPED = 200;

const partRow = (name: string, part: PartReport): Html =>
  html`<tr>
    <th scope="row">${name}</th>
    <td>${integer(part.images)}</td>
    <td>${part.tracks === 0 ? '–' : integer(part.tracks)}</td>
    <td>
      ${part.images === 0 ? '–' : `${integer(part.sides.min)} / ${integer(part.sides.median)} / ${integer(part.sides.max)}`}
    </td>
  </tr>`;

function skippedPart(skipped: readonly SkippedFile[]): Html {
  if (skipped.length === 0) return html`<p>Every file of the dataset is used.</p>`;
  const counts = new Map<SkippedFile['reason'], number>();
  for (const { reason } of skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const listed = skipped.slice(0, MAX_SKIPPED);
  return html`<p>
      ${plural(skipped.length, 'file')} ${skipped.length === 1 ? 'is' : 'are'} not used:
      ${[...counts].map(([reason, count]) => `${integer(count)} ${skipReasons[reason]}`).join('; ')}.
    </p>
    <details>
      <summary>
        Files that are not
        used${listed.length < skipped.length ? ` (the first ${listed.length} of ${integer(skipped.length)})` : ''}
      </summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Reason</th>
              <th scope="col">Detail</th>
            </tr>
          </thead>
          <tbody>
            ${listed.map(
              ({ file, reason, detail }) =>
                html`<tr>
                  <th scope="row">${file}</th>
                  <td class="text">${skipReasons[reason]}</td>
                  <td class="text">${detail}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`;
}

/** What a division holds out of the training images. */
function heldOutFor({ validation, test }: ImportReport): string {
  const missing = [validation.images === 0 ? 'validation' : '', test.images === 0 ? 'testing' : ''];
  const named = missing.filter((part) => part !== '');
  return named.length === 0 ? '' : ` for ${named.join(' and for ')}`;
}

const mostNotes = 50;

const partWords = { train: 'training', validation: 'validation', test: 'test', ignore: 'not used' } as const;

/** How the layout was understood. */
function readingPart({ reading: { parts, table, notes } }: ImportReport): Html {
  const sentences = [
    ...parts.map(({ folder, part, images, why }) => {
      return `${folder === '' ? 'The whole folder' : folder}: ${partWords[part]} (${plural(images, 'image')}; ${why}).`;
    }),
    ...(table ? [`${table.file}: ${table.how}`] : []),
    ...notes,
  ];
  if (sentences.length === 0) return raw('');
  const more = sentences.length - mostNotes;
  return html`<p>How the dataset was read:</p>
    <ul>
      ${sentences.slice(0, mostNotes).map((sentence) => html`<li>${sentence}</li>`)}
      ${more > 0 ? html`<li>… and ${integer(more)} more.</li>` : raw('')}
    </ul>`;
}

function classCounts({ classes }: ImportReport): Html {
  return html`<details>
    <summary>Images of each class</summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">No.</th>
            <th scope="col">Class</th>
            <th scope="col" class="number">Training</th>
            <th scope="col" class="number">Tracks</th>
            <th scope="col" class="number">Validation</th>
            <th scope="col" class="number">Test</th>
          </tr>
        </thead>
        <tbody>
          ${classes.map(
            ({ id, name, train, tracks, validation, test }) =>
              html`<tr>
                <th scope="row" class="number">${id}</th>
                <th scope="row">${name}</th>
                <td>${integer(train)}</td>
                <td>${tracks === 0 ? '–' : integer(tracks)}</td>
                <td>${validation === 0 ? '–' : integer(validation)}</td>
                <td>${integer(test)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

const unlabelledPart = ({ unlabelled }: ImportReport): Html =>
  when(
    unlabelled,
    (found) => html`${unlabelledSentences(found).map((sentence) => html`<p>${sentence}</p>`)}`,
  );

/** What the import found. */
export function datasetSection({ importReport, recipe }: ReportData): Html {
  return when(
    importReport,
    (report) =>
      html`<section id="data">
        <h2>The data</h2>
        <div class="scroll">
          <table>
            <caption>
              What was imported, before any training images were held out${heldOutFor(report)}. A track is a
              series of pictures of one object.
            </caption>
            <thead>
              <tr>
                <th scope="col">Part</th>
                <th scope="col" class="number">Images</th>
                <th scope="col" class="number">Tracks</th>
                <th scope="col" class="number">Side in pixels: smallest / median / largest</th>
              </tr>
            </thead>
            <tbody>
              ${partRow('Training', report.train)}
              ${report.validation.images === 0 ? raw('') : partRow('Validation', report.validation)}
              ${report.test.images === 0 ? raw('') : partRow('Test', report.test)}
            </tbody>
          </table>
        </div>
        ${leakSentences(report.leaks, recipe.data.dropLeaks).map((sentence) => html`<p>${sentence}</p>`)}
        ${unlabelledPart(report)} ${readingPart(report)} ${skippedPart(report.skipped)} ${classCounts(report)}
      </section>`,
  );
}
