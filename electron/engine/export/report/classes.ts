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
  const { teacher, student, baseline } = result.perClass;
  const f1 = (scores: readonly ClassScores[] | null, id: number) =>
    percent(scores?.find((entry) => entry.id === id)?.f1 ?? null, 1);
  const unseen = new Set(result.classes.filter(({ seen }) => !seen).map(({ id }) => id));
  const rows = student.map(
    (entry) =>
      html`<tr>
        <th scope="row" class="number">${entry.id}</th>
        <th scope="row">${entry.name}${unseen.has(entry.id) ? ' (left out of training)' : ''}</th>
        <td>${integer(entry.support)}</td>
        <td>${percent(entry.precision, 1)}</td>
        <td>${percent(entry.recall, 1)}</td>
        <td>${percent(entry.f1, 1)}</td>
        <td>${f1(teacher, entry.id)}</td>
        ${baseline ? html`<td>${f1(baseline, entry.id)}</td>` : null}
      </tr>`,
  );
  return html`<details>
    <summary>All figures of ${plural(student.length, 'class')}</summary>
    <div class="scroll">
      <table>
        <caption>
          Precision: of the images given this class, the share that is right. Recall: of this class’s images,
          the share that was found. F1: their harmonic mean.
        </caption>
        <thead>
          <tr>
            <th rowspan="2" scope="col" class="number">No.</th>
            <th rowspan="2" scope="col">Class</th>
            <th rowspan="2" scope="col" class="number">Test images</th>
            <th colspan="3" scope="colgroup" class="group">Student</th>
            <th scope="colgroup" class="group">Teacher</th>
            ${baseline ? html`<th scope="colgroup" class="group">Baseline</th>` : null}
          </tr>
          <tr>
            <th scope="col" class="number">Precision</th>
            <th scope="col" class="number">Recall</th>
            <th scope="col" class="number">F1</th>
            <th scope="col" class="number">F1</th>
            ${baseline ? html`<th scope="col" class="number">F1</th>` : null}
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

/** Which classes go well and which do not: bars, the student's weakest first, and a table. */
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
