import type { Axis } from '../../../contract/sweep/sweep.ts';
import { scoreNames } from '../../../contract/sweep/sweep-words.ts';
import { integer, list, plural } from '../../export/report/format.ts';
import { html, when, type Html } from '../../export/report/html.ts';
import { storyOf } from '../../export/report/story.ts';
import type { SweepReportData } from './data.ts';

/** Values of an axis that a sentence lists. */
const mostListed = 20;

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What an axis tries, in words. */
function axisText(axis: Axis): string {
  const values = (all: string[]) =>
    all.length <= mostListed
      ? list(all)
      : `${all.slice(0, mostListed).join(', ')} and ${integer(all.length - mostListed)} more`;
  if ('values' in axis) return `${axis.field}: ${values(axis.values.map(shown))}.`;
  if ('patches' in axis) return `Changes of several fields: ${values(Object.keys(axis.patches))}.`;
  const scale = axis.scale === 'log' ? 'on a logarithmic scale' : 'evenly';
  return `${axis.field}: drawn ${scale} between ${axis.from} and ${axis.to}${axis.whole ? ', whole numbers' : ''}.`;
}

/** What was asked for: the axes, the seeds, the score; and what was done, by the best run of the chosen setting. */
export function askedSection({ sweep, table, status, best }: SweepReportData): Html {
  const { axes, seeds, draw, budget, score, halving } = sweep;
  const limits = [
    ...(budget.runs === null ? [] : [`at most ${plural(budget.runs, 'run')}`]),
    ...(budget.hours === null ? [] : [`no run begun after ${budget.hours} h of work`]),
  ];
  const entries: [string, string][] = [
    ...axes.map((axis): [string, string] => [axis.name, axisText(axis)]),
    [
      'Settings',
      `${integer(table.settings.length)}, ${draw === null ? 'every combination of these values' : `drawn at random with seed ${draw.seed}`}.`,
    ],
    ['Seeds', `${list(seeds.map(String))}: ${plural(status.members.length, 'run')} altogether.`],
    ['Score', `${scoreNames[score]} of the held-out images.`],
    ...(halving === null
      ? []
      : [
          [
            'Stopped early',
            `After ${plural(halving.minEpochs, 'epoch')}, and each time after ${halving.factor} times as many, only the best 1 in ${halving.factor} went on (asynchronous successive halving).`,
          ] as [string, string],
        ]),
    ...(limits.length === 0 ? [] : [['Budget', `${list(limits)}.`] as [string, string]]),
  ];
  const terms = (pairs: readonly [string, string][]) =>
    html`<dl class="story">
      ${pairs.map(
        ([title, text]) =>
          html`<dt>${title}</dt>
            <dd>${text}</dd>`,
      )}
    </dl>`;
  return html`<section id="asked">
    <h2>What was asked</h2>
    ${terms(entries)}
    ${when(
      best,
      (of) =>
        html`<h3>The best run of the chosen setting</h3>
          ${terms(storyOf(of).map(({ title, text }): [string, string] => [title, text]))}`,
    )}
  </section>`;
}
