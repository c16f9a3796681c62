import { largest } from '../../../contract/extremes.ts';
import type { Role } from '../../../contract/run.ts';
import type { TtaRow } from '../../../contract/result.ts';
import { shareSpan } from '../../../contract/share-axis.ts';
import { axisStyle, colour, drawChart, type Figure, roleColour } from './chart.ts';
import { roleNames, rolesOf, type ReportData } from './data.ts';
import { decimal, integer, milliseconds, percent } from './format.ts';
import { html, type Html } from './html.ts';

function chart(role: Role, rows: readonly TtaRow[], top: { low: number; high: number; ms: number }): Figure {
  const line = (name: string, pick: (row: TtaRow) => number, color: string, axis: 0 | 1) => ({
    type: 'line',
    name,
    yAxisIndex: axis,
    data: rows.map((row) => [row.count, pick(row)]),
    color,
    symbol: axis === 0 ? 'circle' : 'rect',
    symbolSize: 8,
    lineStyle: { color, width: 2, type: axis === 0 ? 'solid' : 'dashed' },
    itemStyle: { color },
  });
  return drawChart(
    {
      legend: { top: 0, left: 0, itemWidth: 34, itemGap: 30, textStyle: { color: colour.ink, fontSize: 12 } },
      grid: { left: 58, right: 62, top: 40, bottom: 44 },
      xAxis: {
        ...axisStyle,
        type: 'value',
        name: 'Varied copies of each image',
        nameLocation: 'middle',
        nameGap: 26,
        minInterval: 1,
        splitLine: { show: false },
      },
      yAxis: [
        {
          ...axisStyle,
          type: 'value',
          min: top.low,
          max: top.high,
          interval: (top.high - top.low) / 4,
          axisLabel: { ...axisStyle.axisLabel, formatter: (value: number) => percent(value, 1) },
        },
        {
          ...axisStyle,
          type: 'value',
          min: 0,
          max: top.ms,
          interval: top.ms / 4,
          splitLine: { show: false },
          axisLabel: { ...axisStyle.axisLabel, formatter: (value: number) => milliseconds(value) },
        },
      ],
      series: [
        line('Accuracy (left)', ({ accuracy }) => accuracy, roleColour[role], 0),
        line('Time per image (right)', ({ msPerImage }) => msPerImage, colour.muted, 1),
      ],
    },
    {
      name: `tta-${role}`,
      title: `${roleNames[role]}: test-time augmentation`,
      width: 520,
      height: 270,
      label: `${roleNames[role]}: accuracy and time per image for ${rows.map(({ count }) => count).join(', ')} varied copies`,
    },
  );
}

/** The next of 1, 2, 4, 8 times a power of ten: quarters of it are round too. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * ([1, 2, 4, 8].find((step) => step * unit >= value) ?? 10);
}

/** Of each role with figures for copies; all with one scale of accuracy. */
function roleFigures({ result }: ReportData): { role: Role; rows: TtaRow[]; figure: Figure }[] {
  const { low, high } = shareSpan(result.tta.map(({ accuracy }) => accuracy).filter(Number.isFinite));
  return rolesOf(result).flatMap(({ role }) => {
    const rows = result.tta.filter((row) => row.role === role).sort((a, b) => a.count - b.count);
    if (rows.length === 0) return [];
    const ms = roundUp(largest(rows.map(({ msPerImage }) => msPerImage)));
    return [{ role, rows, figure: chart(role, rows, { low, high, ms }) }];
  });
}

export const ttaFigures = (data: ReportData): Figure[] => roleFigures(data).map(({ figure }) => figure);

/** What averaging over several varied copies of an image gains, and what it costs; null where it was not tried. */
export function ttaSection(data: ReportData): Html | null {
  const roles = roleFigures(data);
  if (roles.length === 0) return null;
  return html`<section id="tta">
    <h2>Looking twice: test-time augmentation</h2>
    <p>
      The models also predicted varied copies of each test image, and the predictions were averaged. The first
      row of each model, with no copies, is the plain image. More copies take more time; the figures show
      whether they pay off. All models share one scale of accuracy; the scale of time differs.
    </p>
    <div class="pair">
      ${roles.map(
        ({ role, figure }) =>
          html`<figure>
            <figcaption>${roleNames[role]}</figcaption>
            ${figure.svg}
          </figure>`,
      )}
    </div>
    <div class="scroll">
      <table>
        <caption>
          Score and time for each number of copies
        </caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col" class="number">Copies</th>
            <th scope="col" class="number">Weight of the plain image</th>
            <th scope="col" class="number">Accuracy</th>
            <th scope="col" class="number">F1, weighted</th>
            <th scope="col" class="number">Log loss</th>
            <th scope="col" class="number">Time per image</th>
          </tr>
        </thead>
        <tbody>
          ${roles.flatMap(({ role, rows }) =>
            rows.map(
              (row) =>
                html`<tr>
                  <th scope="row">${roleNames[role]}</th>
                  <td>${integer(row.count)}</td>
                  <td>${row.count === 0 ? '–' : decimal(row.beta, 2)}</td>
                  <td>${percent(row.accuracy)}</td>
                  <td>${percent(row.f1Weighted)}</td>
                  <td>${decimal(row.logLoss, 4)}</td>
                  <td>${milliseconds(row.msPerImage)}</td>
                </tr>`,
            ),
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
