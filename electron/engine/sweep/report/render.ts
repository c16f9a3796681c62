import { sweepCosts } from '../../../contract/sweep/sweep-table.ts';
import { costNames, testUse } from '../../../contract/sweep/sweep-words.ts';
import type { Figure } from '../../export/report/chart.ts';
import { moment, plural } from '../../export/report/format.ts';
import { factsWithSource } from '../../export/report/facts.ts';
import { html, when, type Html } from '../../export/report/html.ts';
import { reportPage } from '../../export/report/page.ts';
import { askedSection } from './asked.ts';
import { effectChart, frontChart, parallelChart } from './charts.ts';
import { costText, deviationText, scoreText, type SweepReportData } from './data.ts';
import { comparisonsSection, settingsSection, unfinishedSection } from './tables.ts';

const figure = ({ title, svg }: Figure): Html =>
  html`<figure>
    <figcaption>${title}</figcaption>
    ${svg}
  </figure>`;

function findingSection({ table, status }: SweepReportData): Html {
  const chosen = table.chosen === null ? null : (table.settings[table.chosen] ?? null);
  const completed = status.members.filter(({ state }) => state === 'completed').length;
  const tile = (text: string, words: string) => html`<li><b>${text}</b> <span>${words}</span></li>`;
  return html`<section id="finding" class="finding">
    <h2>Result</h2>
    <p class="verdict">${table.sentence.replaceAll(' %', '\u00a0%')}</p>
    <p>${testUse(table)}</p>
    <ul class="tiles">
      ${when(
        chosen?.score,
        ({ mean, deviation }) =>
          html`${tile(scoreText(mean, table.score), `by the held-out images${deviationText(deviation, table.score)}, the chosen setting`)}`,
      )}
      ${when(table.test, ({ accuracy }) =>
        tile(scoreText(accuracy.mean, 'accuracy'), 'of the test images recognised, the chosen setting'),
      )}
      ${when(chosen, (row) => tile(costText(row.parameters, 'parameters'), 'parameters of its student'))}
      ${tile(`${completed} of ${plural(status.members.length, 'run')}`, 'completed')}
    </ul>
  </section>`;
}

/** Charts of score and cost; null where no cost differs. */
function frontSection({ table }: SweepReportData): Html | null {
  const charts = sweepCosts.map((cost) => frontChart(table, cost)).filter((chart) => chart !== null);
  const parallel = parallelChart(table);
  if (charts.length === 0 && parallel === null) return null;
  const same = sweepCosts.filter((cost) => charts.every(({ name }) => name !== `front-${cost}`));
  return html`<section id="front">
    <h2>Score and cost</h2>
    ${
      charts.length === 0
        ? null
        : html`<p>
              The line is the Pareto front: settings that no other beats in score at the same cost or less.
              ${same.length === 0 ? '' : `All settings have the same figure, or none, for: ${same.map((cost) => costNames[cost].toLowerCase()).join(', ')}.`}
            </p>
            <div class="pair">${charts.map(figure)}</div>`
    }
    ${when(
      parallel,
      (chart) =>
        html`<p>
            A line a setting: those on the front for parameters in the second colour, the chosen one wide.
          </p>
          ${figure(chart)}`,
    )}
  </section>`;
}

function effectsSection({ table }: SweepReportData): Html | null {
  const effects = table.effects.filter(({ levels }) => levels.length > 1);
  if (effects.length === 0) return null;
  return html`<section id="effects">
    <h2>Main effects</h2>
    <p>
      The mean score of all settings that share a value. Effects that depend on another axis do not show here.
    </p>
    <div class="pair">${effects.map((effect, i) => figure(effectChart(table, effect, i)))}</div>
  </section>`;
}

function environmentSection(data: SweepReportData): Html {
  const { sweep, status, finishedAt, backends, threads, best, version } = data;
  const entries: [string, string][] = [
    ['Program', `Distill Studio ${version}`],
    ['Computed with', backends.join('; ') || 'nothing yet'],
    ['Threads of a run', threads],
    ['Node.js', process.versions.node],
    ['Started', moment(status.startedAt)],
    ...(finishedAt === null ? [] : [['Last run ended', moment(finishedAt)] as [string, string]]),
    ...(best === null
      ? []
      : [['Fingerprint of the data', best.result.dataset.fingerprint] as [string, string]]),
  ];
  return html`<section id="environment">
    <h2>What was looked at when, and how to repeat it</h2>
    <p>
      While the sweep runs, only scores on the held-out images are read. Every run evaluates its student on
      the test images, too, as runs do; those figures are read once, when all runs have ended, of the chosen
      setting and of those that it is compared with.
    </p>
    <p>
      The same sweep, data, program, backend and number of threads give the same figures, but for latencies.
      Save the sweep below as a file and run it with <code>distill-studio sweep run</code>.
    </p>
    ${factsWithSource(entries, 'The sweep', sweep)}
  </section>`;
}

/** A sweep's report as one HTML document, in the style of a run's. */
export function renderSweepReport(data: SweepReportData): string {
  const { table, status, finishedAt } = data;
  const sections = [
    findingSection(data),
    askedSection(data),
    ...(table.chosen === null ? [] : [settingsSection(data)]),
    frontSection(data),
    effectsSection(data),
    comparisonsSection(data),
    unfinishedSection(data),
    environmentSection(data),
  ];
  return reportPage({
    kind: 'Sweep report',
    name: table.name,
    note: `${moment(finishedAt ?? status.startedAt)} · ${plural(table.settings.length, 'setting')} · ${plural(status.members.length, 'run')} · ${table.state}`,
    sections: sections.filter((section) => section !== null),
  });
}
