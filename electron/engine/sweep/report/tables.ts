import { sweepCosts, type SettingComparison } from '../../../contract/sweep/sweep-table.ts';
import {
  costNames,
  directionText,
  scoreNames,
  settingText,
  testWords,
} from '../../../contract/sweep/sweep-words.ts';
import { pointsText, pText } from '../../../contract/verdict.ts';
import { integer, NONE, plural } from '../../export/report/format.ts';
import { html, when, type Html } from '../../export/report/html.ts';
import { costText, deviationText, intervalText, ranked, scoreText, type SweepReportData } from './data.ts';

/** Rows that a table of the page shows; the CSV has all. */
const mostRows = 500;

const leftOut = (all: number): Html | null =>
  all <= mostRows
    ? null
    : html`<p class="note">
        The first ${integer(mostRows)} of ${integer(all)} are shown;
        <code>distill-studio sweep table</code> writes all of them as CSV.
      </p>`;

/** Every setting with its figures, the best first. */
export function settingsSection({ table }: SweepReportData): Html {
  const { axes, score, chosen, fronts } = table;
  const rows = ranked(table);
  const marks = (setting: number): string =>
    [
      ...(setting === chosen ? ['chosen'] : []),
      ...(fronts.parameters.includes(setting) ? ['front'] : []),
    ].join(', ');
  return html`<section id="settings">
    <h2>Settings</h2>
    <p>
      Means over seeds, by the held-out images (${directionText(table)}), with the sample standard deviation
      and the percentile bootstrap’s 95 % interval of the mean, which is too narrow with few seeds. “Front”:
      no other setting does as well with fewer parameters.
    </p>
    <div class="scroll">
      <table class="dense">
        <caption>
          The best setting first; costs are the student’s
        </caption>
        <thead>
          <tr>
            <th scope="col" class="number">No.</th>
            ${axes.map(({ name }) => html`<th scope="col">${name}</th>`)}
            <th scope="col" class="number">${scoreNames[score]}</th>
            <th scope="col" class="number">95 % interval</th>
            <th scope="col" class="number">Runs</th>
            ${sweepCosts.map((cost) => html`<th scope="col" class="number">${costNames[cost]}</th>`)}
            <th scope="col"><span class="hidden">Marks</span></th>
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, mostRows).map(
            (row) =>
              html`<tr>
                <th scope="row" class="number">${row.setting + 1}</th>
                ${axes.map(({ name }) => html`<td class="text">${row.values[name] ?? ''}</td>`)}
                <td>${scoreText(row.score.mean, score)}${deviationText(row.score.deviation, score)}</td>
                <td>${intervalText(row.score.interval, score)}</td>
                <td>${row.completed} of ${row.members}</td>
                ${sweepCosts.map((cost) => html`<td>${costText(row[cost], cost)}</td>`)}
                <td class="text">${marks(row.setting)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${leftOut(rows.length)}
  </section>`;
}

const comparisonRow = (
  { sentence, lead, students, acrossSeeds, perSeed, setting }: SettingComparison,
  values: Record<string, string>,
): Html =>
  html`<tr>
    <th scope="row">${setting + 1}: ${settingText(values)}</th>
    <td class="text">${sentence}</td>
    <td>
      ${pointsText(lead)}${acrossSeeds === null ? '' : ` (${acrossSeeds.interval.map((end) => pointsText(end)).join(' to ')})`}
    </td>
    <td>${acrossSeeds === null ? NONE : pText(acrossSeeds.corrected)}</td>
    <td>${pText(students.corrected)}</td>
    <td class="text">
      ${perSeed
        .map((one) => `seed ${one.seed}: ${one.onlyChosen} against ${one.onlyOther} (${pText(one.p)})`)
        .join('; ')}
    </td>
  </tr>`;

/** The chosen setting beside the others on the test images; null before that was looked at. */
export function comparisonsSection({ table }: SweepReportData): Html | null {
  const { test, settings } = table;
  if (test === null) return null;
  return html`<section id="comparisons">
    <h2>The chosen setting on the test images</h2>
    <p>
      Mean accuracy over ${plural(test.accuracy.seeds, 'seed')}:
      ${scoreText(test.accuracy.mean, 'accuracy')}${deviationText(test.accuracy.deviation, 'accuracy')}${
        test.accuracy.interval === null
          ? ''
          : ` (95 % interval ${intervalText(test.accuracy.interval, 'accuracy')})`
      }.
    </p>
    ${
      test.comparisons.length === 0
        ? null
        : html`<p>${testWords.settings} ${testWords.students} ${testWords.perSeed}</p>
            <div class="scroll">
              <table class="dense">
                <caption>
                  The chosen setting against others
                </caption>
                <thead>
                  <tr>
                    <th scope="col">Other setting</th>
                    <th scope="col">Verdict</th>
                    <th scope="col" class="number">Lead in points (95 % interval)</th>
                    <th scope="col" class="number">Settings</th>
                    <th scope="col" class="number">Students</th>
                    <th scope="col">Images that only the chosen, only the other setting gets right</th>
                  </tr>
                </thead>
                <tbody>
                  ${test.comparisons.map((one) => comparisonRow(one, settings[one.setting]?.values ?? {}))}
                </tbody>
              </table>
            </div>`
    }
  </section>`;
}

/** The runs that did not complete, with their reasons; null where all did. */
export function unfinishedSection({ status }: SweepReportData): Html | null {
  const rows = status.members.filter(({ state }) => state !== 'completed');
  if (rows.length === 0) return null;
  return html`<section id="unfinished">
    <h2>Runs that did not complete</h2>
    <div class="scroll">
      <table>
        <caption>
          ${plural(rows.length, 'run')} of ${integer(status.members.length)}
        </caption>
        <thead>
          <tr>
            <th scope="col" class="number">Run</th>
            <th scope="col">Setting</th>
            <th scope="col" class="number">Seed</th>
            <th scope="col">State</th>
            <th scope="col">Reason</th>
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, mostRows).map(
            ({ index, values, seed, state, stoppedEarly, error }) =>
              html`<tr>
                <th scope="row" class="number">${index + 1}</th>
                <td class="text">${settingText(values)}</td>
                <td>${seed}</td>
                <td class="text">${stoppedEarly ? 'stopped early' : (state ?? 'not begun')}</td>
                <td class="text">${when(error, ({ message, hint }) => html`${message} ${hint}`)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${leftOut(rows.length)}
  </section>`;
}
