import type { ClassScores } from '../../../contract/result.ts';
import { axisStyle, colour, drawChart, type Figure, roleColour } from './chart.ts';
import { classLabel, daggerNote, roleNames, rolesOf, type ReportData } from './data.ts';
import { integer, percent, plural } from './format.ts';
import { html, type Html } from './html.ts';

const MAX_BARS = 60;
const BAR = 7;

function barChart({ result }: ReportData, classes: readonly ClassScores[]): Figure {
  const roles = rolesOf(result).map(({ role }) => role);
  const byId = roles.map((role) => new Map(result.perClass[role]?.map((entry) => [entry.id, entry])));
  const row = BAR * roles.length + 9;
  return drawChart(
    {
      legend: {
        top: 0,
        left: 0,
        itemWidth: 14,
        itemHeight: 10,
        itemGap: 18,
        textStyle: { color: colour.ink },
        data: roles.map((role) => roleNames[role]),
      },
      grid: { left: 290, right: 24, top: 54, bottom: 8 },
      xAxis: {
        ...axisStyle,
        type: 'value',
        position: 'top',
        min: 0,
        max: 1,
        axisLabel: { ...axisStyle.axisLabel, formatter: (value: number) => percent(value, 0) },
      },
      yAxis: {
        ...axisStyle,
        type: 'category',
        inverse: true,
        axisTick: { show: false },
        axisLabel: { color: colour.ink, fontSize: 12, interval: 0 },
        data: classes.map(({ id }) => classLabel(result, id, 44)),
      },
      series: roles.map((role, index) => ({
        type: 'bar',
        name: roleNames[role],
        barWidth: BAR,
        barGap: '0%',
        itemStyle: { color: roleColour[role] },
        data: classes.map(({ id }) => byId[index]?.get(id)?.f1 ?? NaN),
      })),
    },
    {
      name: 'class-f1',
      title: 'F1 score of each class',
      width: 1040,
      height: 62 + row * classes.length,
      label: `F1 score of each class for ${roles.join(', ')}; the figures are in the table below`,
    },
  );
}

function classTable({ result }: ReportData): Html {
  const roles = rolesOf(result).map(({ role }) => ({
    role,
    byId: new Map((result.perClass[role] ?? []).map((entry) => [entry.id, entry])),
  }));
  const { student } = result.perClass;
  const unseen = new Set(result.classes.filter(({ seen }) => !seen).map(({ id }) => id));
  const figures = (scores: ClassScores | undefined) =>
    [scores?.precision, scores?.recall, scores?.f1].map(
      (share) => html`<td>${percent(share ?? null, 1)}</td>`,
    );
  const rows = student.map(
    ({ id, name, support }) =>
      html`<tr>
        <th scope="row" class="number">${id}</th>
        <th scope="row">${name}${unseen.has(id) ? ' (left out of training)' : ''}</th>
        <td>${integer(support)}</td>
        ${roles.flatMap(({ byId }) => figures(byId.get(id)))}
      </tr>`,
  );
  return html`<details>
    <summary>All figures of ${plural(student.length, 'class')}</summary>
    <div class="scroll">
      <table>
        <caption>
          Precision: of the images predicted as this class, the share that is correct. Recall: of this class’s
          images, the share that was found. F1: their harmonic mean.
        </caption>
        <thead>
          <tr>
            <th rowspan="2" scope="col" class="number">No.</th>
            <th rowspan="2" scope="col">Class</th>
            <th rowspan="2" scope="col" class="number">Test images</th>
            ${roles.map(
              ({ role }) =>
                html`<th colspan="3" scope="colgroup" class="group ${role}">${roleNames[role]}</th>`,
            )}
          </tr>
          <tr>
            ${roles.flatMap(() =>
              ['Precision', 'Recall', 'F1'].map(
                (figure) => html`<th scope="col" class="number">${figure}</th>`,
              ),
            )}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </details>`;
}

/** Classes that have test images, the student's weakest first. */
const weakestFirst = ({ result }: ReportData): ClassScores[] =>
  result.perClass.student.filter(({ support }) => support > 0).sort((a, b) => a.f1 - b.f1 || a.id - b.id);

export const classFigure = (data: ReportData): Figure =>
  barChart(data, weakestFirst(data).slice(0, MAX_BARS));

/** Strong and weak classes: bars, the student's weakest first, and a table. */
export function classesSection(data: ReportData): Html {
  const weakest = weakestFirst(data);
  const shown = weakest.slice(0, MAX_BARS);
  return html`<section id="classes">
    <h2>Class by class</h2>
    <p>
      The F1 score of a class is high only when few of its images are missed and few others are taken for it.
      The student’s weakest classes come
      first${shown.length < weakest.length ? ` (${shown.length} of ${weakest.length})` : ''}.${daggerNote(data.result)}
    </p>
    <figure>
      <figcaption>F1 score on the test images</figcaption>
      ${barChart(data, shown).svg}
    </figure>
    ${classTable(data)}
  </section>`;
}
