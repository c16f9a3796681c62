import type { RunResult } from '../../../contract/result.ts';
import type { Figure } from './chart.ts';
import { classLabel, daggerNote, type ReportData } from './data.ts';
import { integer, percent, plural } from './format.ts';
import { escape, html, raw, type Html } from './html.ts';

/** Of many classes; of few the cells are as large as a count in each of them needs. */
const SMALL_CELL = 17;
const LARGE_CELL = 34;
/** Classes up to which every cell has its count, the right ones, too. */
const MOST_COUNTED = 15;
const LABEL = 236;
const MAX_CLASSES = 60;
/** A matrix of few classes is not drawn as wide as the page, where its words would be as large as headings. */
const LARGEST_SCALE = 1.4;
const TOP = 15;

/** Shades follow the logarithm of the count, so that a single mistake is visible beside hundreds of hits. */
const bins = [1, 2, 4, 10, 30];
const bin = (count: number) => bins.filter((from) => count >= from).length;

interface Confusion {
  label: number;
  predicted: number;
  count: number;
}

/** All confusions of a matrix, the most frequent first. */
export function confusions(matrix: readonly (readonly number[])[]): Confusion[] {
  return matrix
    .flatMap((row, label) => row.map((count, predicted) => ({ label, predicted, count })))
    .filter(({ label, predicted, count }) => label !== predicted && count > 0)
    .sort((a, b) => b.count - a.count || a.label - b.label || a.predicted - b.predicted);
}

const nameOf = (result: RunResult, id: number) => result.classes[id]?.name ?? String(id);

/** The classes to draw: all of them, or where they are too many, those with most mistakes in them. */
function drawnClasses(result: RunResult): number[] {
  const ids = result.classes.map((_, id) => id);
  if (ids.length <= MAX_CLASSES) return ids;
  const mistakes = ids.map(() => 0);
  for (const { label, predicted, count } of confusions(result.confusion.student)) {
    mistakes[label]! += count;
    mistakes[predicted]! += count;
  }
  return ids
    .sort((a, b) => mistakes[b]! - mistakes[a]!)
    .slice(0, MAX_CLASSES)
    .sort((a, b) => a - b);
}

function heatMap(result: RunResult, classes: readonly number[]): Figure {
  const isCounted = classes.length <= MOST_COUNTED;
  const CELL = isCounted ? LARGE_CELL : SMALL_CELL;
  const side = CELL * classes.length;
  const parts: string[] = [];
  classes.forEach((label, row) => {
    const name = escape(classLabel(result, label, 38));
    const middle = LABEL + (row + 0.5) * CELL;
    if (row % 2 === 0)
      parts.push(
        `<rect class="band" x="${LABEL}" y="${LABEL + row * CELL}" width="${side}" height="${CELL}"/>`,
      );
    parts.push(`<text x="${LABEL - 6}" y="${middle}" text-anchor="end">${name}</text>`);
    parts.push(`<text transform="translate(${middle} ${LABEL - 6}) rotate(-90)">${name}</text>`);
  });
  classes.forEach((label, row) => {
    classes.forEach((predicted, column) => {
      const count = result.confusion.student[label]?.[predicted] ?? 0;
      if (count === 0) return;
      const right = label === predicted;
      const [x, y] = [LABEL + column * CELL, LABEL + row * CELL];
      const title = right
        ? `${nameOf(result, label)}: ${plural(count, 'image')} right`
        : `${nameOf(result, label)} taken for ${nameOf(result, predicted)}: ${plural(count, 'image')}`;
      const text =
        right && !isCounted
          ? ''
          : `<text class="count" x="${x + CELL / 2}" y="${y + CELL / 2}">${count}</text>`;
      parts.push(
        `<g class="${right ? 'right' : 'wrong'}${bin(count)}"><title>${escape(title)}</title>`,
        `<rect x="${x + 0.5}" y="${y + 0.5}" width="${CELL - 1}" height="${CELL - 1}"/>${text}</g>`,
      );
    });
  });
  const size = LABEL + side + 4;
  const svg = raw(
    `<svg class="matrix${isCounted ? ' counted' : ''}" role="img" aria-label="Confusion matrix of the student; its largest entries are in the table below" ` +
      `viewBox="0 0 ${size} ${size}">` +
      `<text class="axis" x="${LABEL - 6}" y="${LABEL - 10}" text-anchor="end">true class ↓  student’s prediction →</text>` +
      `<rect class="frame" x="${LABEL}" y="${LABEL}" width="${side}" height="${side}"/>${parts.join('')}</svg>`,
  );
  return {
    name: 'confusion-student',
    title: 'Student: predictions by true class',
    width: size,
    height: size,
    svg,
  };
}

export const confusionFigure = ({ result }: ReportData): Figure => heatMap(result, drawnClasses(result));

function scale(kind: 'right' | 'wrong'): Html {
  const labels = bins.map((from, index) => {
    const next = bins[index + 1];
    if (next === undefined) return `${from} and more`;
    return next === from + 1 ? String(from) : `${from}–${next - 1}`;
  });
  return html`${labels.map((label, index) => html`<span class="key"><i class="${kind}${index + 1}"></i>${label}</span>`)}`;
}

function topTable(result: RunResult): Html {
  const top = confusions(result.confusion.student).slice(0, TOP);
  if (top.length === 0) return html`<p>The student classified every test image correctly.</p>`;
  const rows = top.map(({ label, predicted, count }) => {
    const support = result.confusion.student[label]!.reduce((sum, value) => sum + value, 0);
    return html`<tr>
      <th scope="row">${nameOf(result, label)}</th>
      <td class="text">${nameOf(result, predicted)}</td>
      <td>${integer(count)}</td>
      <td>${percent(count / support, 1)}</td>
      <td>${integer(result.confusion.teacher[label]?.[predicted] ?? 0)}</td>
    </tr>`;
  });
  return html`<div class="scroll">
    <table>
      <caption>
        The student’s most frequent confusions
      </caption>
      <thead>
        <tr>
          <th scope="col">True class</th>
          <th scope="col">Student’s prediction</th>
          <th scope="col" class="number">Images</th>
          <th scope="col" class="number">Share of the class</th>
          <th scope="col" class="number">Teacher, same confusion</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** The classes that the student confuses. */
export function confusionSection({ result }: ReportData): Html {
  const classes = drawnClasses(result);
  const { width, svg } = heatMap(result, classes);
  const partly = classes.length < result.classes.length;
  return html`<section id="confusions">
    <h2>Which classes the student confuses</h2>
    <p>
      A row for each true class, a column for each class that the student predicted, over the test images.
      Correct predictions are on the diagonal. Shades follow the logarithm of the count, so that single
      mistakes remain
      visible${partly ? `; the ${classes.length} classes with the most mistakes are shown` : ''}.${daggerNote(result)}
    </p>
    <figure>
      <figcaption>
        <span class="keys"><b>Wrong:</b> ${scale('wrong')}</span>
        <span class="keys"><b>Right:</b> ${scale('right')}</span>
      </figcaption>
      <div style="max-width: ${Math.round(LARGEST_SCALE * width)}px">${svg}</div>
    </figure>
    ${topTable(result)}
  </section>`;
}
