import { classesSection } from './classes.ts';
import { comparisonSection, findingSection } from './comparison.ts';
import { confusionSection } from './confusion.ts';
import { curvesSection } from './curves.ts';
import type { ReportData } from './data.ts';
import { datasetSection } from './dataset.ts';
import { duration, moment, plural } from './format.ts';
import { exportsSection } from './exports.ts';
import { factsWithSource } from './facts.ts';
import { html, type Html } from './html.ts';
import { mistakesSection } from './mistakes.ts';
import { reportPage } from './page.ts';
import { storySection } from './story.ts';
import { ttaSection } from './tta.ts';
import { unseenSection } from './unseen.ts';

function environmentSection({ result, recipe, version }: ReportData): Html {
  const seconds = (Date.parse(result.finishedAt) - Date.parse(result.startedAt)) / 1000;
  const entries: [string, string][] = [
    ['Program', `Distill Studio ${version}`],
    ['Computed with', result.backend],
    ['Started', moment(result.startedAt)],
    ['Finished', moment(result.finishedAt)],
    ['Duration', duration(seconds)],
    ['Seed', String(recipe.seed)],
    ['Fingerprint of the data', result.dataset.fingerprint],
  ];
  return html`<section id="environment">
    <h2>How to reproduce this run</h2>
    <p>
      The same recipe, data and seed give the same figures with the same program and backend. Save the recipe
      below as a file and run it with <code>distill-studio run</code>.
    </p>
    ${factsWithSource(entries, 'The recipe', recipe)}
  </section>`;
}

/** The report as one HTML document: no script, no network, everything inside. */
export function renderReport(data: ReportData): string {
  const { result } = data;
  const sections = [
    storySection(data),
    comparisonSection(data),
    curvesSection(data),
    unseenSection(data),
    classesSection(data),
    confusionSection(data),
    mistakesSection(data),
    ttaSection(data),
    exportsSection(data),
    datasetSection(data),
    environmentSection(data),
  ];
  return reportPage({
    kind: 'Distillation report',
    name: result.name,
    note: `${moment(result.finishedAt)} · ${plural(result.classes.length, 'class')} · ${plural(result.dataset.test, 'test image')}`,
    sections: [findingSection(data), ...sections.filter((section) => section !== null)],
  });
}
