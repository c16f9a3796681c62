import { largest } from '../../../contract/extremes.ts';
import type { EpochScores } from '../../../contract/metrics.ts';
import { type Role, roles } from '../../../contract/run.ts';
import type { MetricsEvent } from '../../run-folder/metrics.ts';
import { axisStyle, colour, drawChart, type Figure, roleColour } from './chart.ts';
import { roleNames, type ReportData } from './data.ts';
import { decimal, percent } from './format.ts';
import { html, when, type Html } from './html.ts';

type EpochLine = Extract<MetricsEvent, { type: 'epoch' }>;
type StepLine = Extract<MetricsEvent, { type: 'step' }>;
type Point = [number, number];

const WIDTH = 520;
const HEIGHT = 270;
/** Points of the schedule's curve: more cannot be seen. */
export const SCHEDULE_POINTS = 400;

const legend = {
  top: 0,
  left: 0,
  itemWidth: 30,
  itemGap: 24,
  // No dots in it: the lines have none, and they would hide the dashes.
  itemStyle: { opacity: 0 },
  textStyle: { color: colour.ink, fontSize: 12 },
};
const epochAxis = (epochs: number) => ({
  ...axisStyle,
  type: 'value',
  name: 'Epoch',
  nameLocation: 'middle',
  nameGap: 26,
  min: 0,
  max: epochs,
  minInterval: 1,
  splitLine: { show: false },
});

function lines(series: { name: string; points: Point[]; color: string; dashed?: boolean }[]) {
  return series.map(({ name, points, color, dashed = false }) => ({
    type: 'line',
    name,
    data: points,
    color,
    // A single point makes no line.
    symbol: points.length === 1 ? 'circle' : 'none',
    symbolSize: 6,
    lineStyle: { color, width: 2, type: dashed ? 'dashed' : 'solid' },
    itemStyle: { color },
  }));
}

function epochChart(
  role: Role,
  epochs: readonly EpochLine[],
  title: string,
  pick: (scores: EpochScores) => number,
  format: (value: number) => string,
): Figure {
  const points = (part: 'train' | 'validation'): Point[] =>
    epochs.flatMap((line): Point[] => {
      const scores = line[part];
      return scores ? [[line.epoch, pick(scores)]] : [];
    });
  const validation = points('validation');
  const last = validation.at(-1) ?? points('train').at(-1);
  const label = `${roleNames[role]}, ${title.toLowerCase()} over ${epochs.length} epochs, last value ${format(last?.[1] ?? NaN)}`;
  const isShare = title === 'Accuracy';
  return drawChart(
    {
      legend,
      grid: { left: 52, right: 16, top: 34, bottom: 44 },
      xAxis: epochAxis(largest(epochs.map(({ epoch }) => epoch))),
      yAxis: {
        ...axisStyle,
        type: 'value',
        min: isShare ? undefined : 0,
        max: isShare ? 1 : undefined,
        scale: true,
        axisLabel: {
          ...axisStyle.axisLabel,
          formatter: isShare ? (value: number) => percent(value, 0) : undefined,
        },
      },
      series: lines([
        { name: 'Training', points: points('train'), color: roleColour[role], dashed: true },
        ...(validation.length > 0
          ? [{ name: 'Validation', points: validation, color: roleColour[role] }]
          : []),
      ]),
    },
    {
      name: `${title.toLowerCase()}-${role}`,
      title: `${roleNames[role]}: ${title.toLowerCase()}`,
      width: WIDTH,
      height: HEIGHT,
      label,
    },
  );
}

function scheduleChart(metrics: readonly MetricsEvent[]): Figure | null {
  const rows = (['teacher', 'student'] as const).flatMap((role) => {
    const steps = metrics.filter((line): line is StepLine => line.type === 'step' && line.role === role);
    const every = Math.ceil(steps.length / SCHEDULE_POINTS);
    const points = steps
      .filter((_, index) => index % every === 0 || index === steps.length - 1)
      .map((line): Point => [line.epoch - 1 + line.step / line.steps, line.learningRate]);
    // A single one too: of steps within half a second only the first is written, and the figure must not depend on the machine's speed.
    return points.length > 0 ? [{ role, points }] : [];
  });
  if (rows.length === 0) return null;
  return drawChart(
    {
      legend,
      grid: { left: 64, right: 16, top: 34, bottom: 44 },
      xAxis: epochAxis(Math.ceil(largest(rows.flatMap(({ points }) => points.map(([epoch]) => epoch))))),
      yAxis: { ...axisStyle, type: 'value', min: 0 },
      series: lines(
        rows.map(({ role, points }) => ({ name: roleNames[role], points, color: roleColour[role] })),
      ),
    },
    {
      name: 'schedule',
      title: 'Learning rate',
      width: 2 * WIDTH,
      height: 220,
      label: 'Learning rate over the epochs',
    },
  );
}

interface RoleFigures {
  role: Role;
  loss: Figure;
  accuracy: Figure;
}

/** Of each trained role. */
function roleFigures(metrics: readonly MetricsEvent[]): RoleFigures[] {
  return roles.flatMap((role) => {
    const epochs = metrics.filter((line): line is EpochLine => line.type === 'epoch' && line.role === role);
    if (epochs.length === 0) return [];
    return [
      {
        role,
        loss: epochChart(
          role,
          epochs,
          'Loss',
          ({ loss }) => loss,
          (value) => decimal(value, 3),
        ),
        accuracy: epochChart(
          role,
          epochs,
          'Accuracy',
          ({ accuracy }) => accuracy,
          (value) => percent(value),
        ),
      },
    ];
  });
}

export function curveFigures({ metrics }: ReportData): Figure[] {
  const schedule = scheduleChart(metrics);
  return [
    ...roleFigures(metrics).flatMap(({ loss, accuracy }) => [loss, accuracy]),
    ...(schedule ? [schedule] : []),
  ];
}

/** Loss and accuracy of each trained role, epoch by epoch, and the learning rate. */
export function curvesSection({ metrics, result }: ReportData): Html | null {
  const charts = roleFigures(metrics).map(({ role, loss, accuracy }) => {
    const kept = result.models[role]?.bestEpoch ?? null;
    return html`<h3>${roleNames[role]}</h3>
      ${when(kept, (epoch) => html`<p class="note">The weights of epoch ${epoch} were kept.</p>`)}
      <div class="pair">
        <figure>
          <figcaption>Loss${role === 'student' ? ' (labels and teacher together)' : ''}</figcaption>
          ${loss.svg}
        </figure>
        <figure>
          <figcaption>Accuracy</figcaption>
          ${accuracy.svg}
        </figure>
      </div>`;
  });
  if (charts.length === 0) return null;
  return html`<section id="training">
    <h2>Training</h2>
    <p>
      An epoch is one pass over the training images. Training figures are measured while the network still
      changes, on randomly varied images; validation figures at the end of the epoch, on images that it does
      not learn from.
      ${
        result.dataset.validation > 0
          ? 'The epoch to keep was chosen by the validation images, never by the test images.'
          : 'Nothing was held out for validation, so the last epoch was kept.'
      }
    </p>
    ${charts}
    ${when(
      scheduleChart(metrics),
      (chart) =>
        html`<h3>Learning rate</h3>
          <figure>
            <figcaption>
              The size of each step${result.models.baseline ? '; the baseline followed the student’s' : ''}
            </figcaption>
            ${chart.svg}
          </figure>`,
    )}
  </section>`;
}
