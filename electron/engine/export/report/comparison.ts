import { architectureName } from '../../../contract/architectures.ts';
import { latencyOf, whyAsFast } from '../../../contract/latency.ts';
import type { ModelResult, RunResult, Scores } from '../../../contract/result.ts';
import { resultFindings } from '../../../contract/result-findings.ts';
import { hasTop5 } from '../../../contract/scores.ts';
import { alpha, studentAndBaseline, verdictSentence } from '../../../contract/verdict.ts';
import { roleNames, rolesOf, type ReportData } from './data.ts';
import {
  bytes,
  decimal,
  duration,
  integer,
  latency,
  percent,
  plural,
  points,
  short,
  signed,
  times,
} from './format.ts';
import { html, raw, when, type Html } from './html.ts';

interface Row {
  name: string;
  note?: string;
  value: (model: ModelResult) => string;
  /** The student against the teacher, in words. */
  beside?: (student: ModelResult, teacher: ModelResult) => string;
}

/** "10.9× fewer", or "1.2× more" where the student is not the smaller one. */
function ratio(pick: (model: ModelResult) => number, less: string, more: string): NonNullable<Row['beside']> {
  return (student, teacher) => {
    const quotient = pick(teacher) / pick(student);
    if (!Number.isFinite(quotient) || quotient <= 0) return '–';
    return quotient >= 1 ? `${times(quotient)} ${less}` : `${times(1 / quotient)} ${more}`;
  };
}

const costs: Row[] = [
  { name: 'Network', value: ({ architecture }) => architectureName(architecture) },
  {
    name: 'Parameters',
    value: ({ parameters }) => integer(parameters),
    beside: ratio(({ parameters }) => parameters, 'fewer', 'more'),
  },
  {
    name: 'Multiply-adds per image',
    value: ({ macs }) => short(macs),
    beside: ratio(({ macs }) => macs, 'fewer', 'more'),
  },
  {
    name: 'Weights file',
    value: (model) => bytes(model.bytes),
    beside: ratio((model) => model.bytes, 'smaller', 'larger'),
  },
  {
    name: 'Time per image',
    note: 'median (and quartiles) of many passes, one image at a time, with the networks taking turns',
    value: (model) => latency(latencyOf(model)),
    beside: (student, teacher) =>
      whyAsFast(student, teacher) ??
      ratio(({ latencyMs }) => latencyMs, 'faster', 'slower')(student, teacher),
  },
];

const share = (name: string, pick: (scores: Scores) => number, note?: string) => ({
  name,
  pick,
  share: true,
  note,
});
const figure = (name: string, pick: (scores: Scores) => number, note?: string) => ({
  name,
  pick,
  share: false,
  note,
});
const measures = [
  share('Accuracy', ({ accuracy }) => accuracy),
  share('Right class among the first five', ({ top5 }) => top5, 'top-5'),
  share('F1, weighted by class size', ({ f1Weighted }) => f1Weighted),
  share('F1, all classes equally', ({ f1Macro }) => f1Macro, 'macro'),
  figure('Log loss', ({ logLoss }) => logLoss, 'lower is better'),
  share('Calibration error', ({ ece }) => ece, 'lower is better'),
];

function scoreRows(classes: number, pickScores: (model: ModelResult) => Scores | null): Row[] {
  return measures
    .filter(({ note }) => note !== 'top-5' || hasTop5(classes))
    .map(({ name, pick, share: isShare, note }) => {
      const read = (model: ModelResult) => {
        const scores = pickScores(model);
        return scores && pick(scores);
      };
      return {
        name,
        ...(note === undefined ? {} : { note }),
        value: (model) => (isShare ? percent(read(model)) : decimal(read(model), 4)),
        beside: (student, teacher) => {
          const [ours, theirs] = [read(student), read(teacher)];
          const areOfSameImages = pickScores(student)?.n === pickScores(teacher)?.n;
          if (ours === null || theirs === null || !areOfSameImages) return '–';
          if (isShare) return points(ours - theirs);
          return signed(ours - theirs, 4);
        },
      };
    });
}

const trainingRows: Row[] = [
  { name: 'Epoch kept', value: ({ bestEpoch }) => integer(bestEpoch) },
  { name: 'Training time', value: ({ trainingSeconds }) => duration(trainingSeconds) },
  {
    name: 'Training speed',
    value: ({ imagesPerSecond: speed }) => (speed === null ? '–' : `${integer(speed)} images/s`),
  },
];

/** The three models side by side. */
export function comparisonSection({ result }: ReportData): Html {
  const roles = rolesOf(result);
  const { student, teacher } = result.models;
  const group = (title: string, rows: Row[]): Html =>
    html`<tbody>
      <tr>
        <th colspan="${roles.length + 2}" scope="rowgroup" class="group">${title}</th>
      </tr>
      ${rows.map(
        ({ name, note, value, beside }) =>
          html`<tr>
            <th scope="row">${name}${when(note, (text) => html` <small>${text}</small>`)}</th>
            ${roles.map(({ model }) => html`<td>${value(model)}</td>`)}
            <td class="beside">${beside ? beside(student, teacher) : ''}</td>
          </tr>`,
      )}
    </tbody>`;
  const scores = (title: string, pick: (model: ModelResult) => Scores | null): Html => {
    const n = pick(student)?.n;
    return n === undefined
      ? raw('')
      : group(`${title} (${plural(n, 'image')})`, scoreRows(result.classes.length, pick));
  };
  return html`<section id="comparison">
    <h2>The models side by side</h2>
    <div class="scroll">
      <table class="comparison">
        <caption>
          Cost and quality of each model. Log loss and calibration error measure the predicted probabilities:
          how far a model’s confidence can be trusted.
        </caption>
        <thead>
          <tr>
            <th scope="col"><span class="hidden">Measure</span></th>
            ${roles.map(({ role }) => html`<th scope="col" class="number ${role}">${roleNames[role]}</th>`)}
            <th scope="col" class="number">Student against teacher</th>
          </tr>
        </thead>
        ${group('Cost', costs)} ${scores('Test images', ({ test }) => test)}
        ${scores('Test images of classes that were trained on', ({ seen }) => seen)}
        ${scores('Test images of classes that were left out of training', ({ unseen }) => unseen)}
        ${scores('Validation images', ({ validation }) => validation)} ${group('Training', trainingRows)}
      </table>
    </div>
  </section>`;
}

/** The verdict from the result's figures: the sentence that an earlier version wrote may differ. */
function sentenceOf({ models: { student, baseline }, comparison }: RunResult): string {
  const { mcnemarP: p, onlyStudent, onlyBaseline, sentence } = comparison;
  if (p === null || onlyStudent === null || onlyBaseline === null || !baseline) return sentence;
  const { n } = student.test;
  const right = ({ accuracy }: Scores): number => Math.round(accuracy * n);
  const [firstRight, secondRight] = [right(student.test), right(baseline.test)];
  const counts = { n, firstRight, secondRight, onlyFirst: onlyStudent, onlySecond: onlyBaseline, p };
  return verdictSentence(counts, studentAndBaseline);
}

/** The result, first of all. */
export function findingSection({ result }: ReportData): Html {
  const { student, teacher, baseline } = result.models;
  const { comparison } = result;
  const tile = (figureText: string, words: string) =>
    html`<li><b>${figureText}</b> <span>${words}</span></li>`;
  return html`<section id="finding" class="finding">
    <h2>Result</h2>
    <p class="verdict">${sentenceOf(result).replaceAll(' %', '\u00a0%')}</p>
    ${resultFindings(result).map(({ message, hint }) => html`<p><strong>${message}</strong> ${hint}</p>`)}
    ${[...(result.cutShort ?? []), ...(result.warnings ?? [])].map((sentence) => html`<p class="note">${sentence}</p>`)}
    <ul class="tiles">
      ${[
        tile(
          percent(student.test.accuracy),
          `of ${plural(student.test.n, 'test image')} recognised by the student`,
        ),
        ...(teacher.test.n === student.test.n
          ? [
              tile(
                points(student.test.accuracy - teacher.test.accuracy),
                `compared with its teacher (${percent(teacher.test.accuracy)})`,
              ),
            ]
          : []),
        ...(baseline
          ? [
              tile(
                points(student.test.accuracy - baseline.test.accuracy),
                `compared with the same network without a teacher (${percent(baseline.test.accuracy)})`,
              ),
            ]
          : []),
        tile(
          times(teacher.parameters / student.parameters),
          `fewer parameters than the teacher (${short(student.parameters)} instead of ${short(teacher.parameters)})`,
        ),
        tile(
          percent(comparison.agreement),
          `of ${plural(teacher.test.n, 'test image')}: student and teacher predict the same class`,
        ),
      ]}
    </ul>
    ${when(
      comparison.mcnemarP,
      () =>
        html`<p class="note">
          Student and baseline were compared image by image with McNemar’s exact test. p is the probability
          that a difference at least this large arises by chance if both are equally good; below ${alpha} a
          difference counts as significant.
        </p>`,
    )}
  </section>`;
}
