import type { Mistake, RunResult } from '../../../contract/result.ts';
import type { Role } from '../../../contract/run.ts';
import { confusions } from './confusion.ts';
import { roleNames, type ReportData } from './data.ts';
import { percent } from './format.ts';
import { html, raw, when, type Html } from './html.ts';

/** How many mistakes the report shows: the student's, and each other's. */
const SHOWN = { student: 24, teacher: 12, baseline: 12 } as const;

/** The images that a report of this result shows: what `saveMistakeImages` should be given. */
export function shownMistakes(mistakes: RunResult['mistakes']): string[] {
  const roles = ['student', 'teacher', 'baseline'] as const;
  return [
    ...new Set(roles.flatMap((role) => (mistakes[role] ?? []).slice(0, SHOWN[role]).map(({ key }) => key))),
  ];
}

const nameOf = (result: RunResult, id: number) => result.classes[id]?.name ?? String(id);

function topFive(result: RunResult, mistake: Mistake): Html {
  return html`<ol>
    ${mistake.top5.map(
      ({ id, probability }) =>
        html`<li class="${id === mistake.label ? 'true' : 'other'}">
          <i style="width: ${(100 * Math.min(1, Math.max(0, probability || 0))).toFixed(1)}%"></i>
          <span>${nameOf(result, id)}</span> <b>${percent(probability, 1)}</b>
        </li>`,
    )}
  </ol>`;
}

/** The other model's prediction for the same image, where the result has it. */
function otherPrediction(result: RunResult, key: string, other: 'teacher' | 'student'): Html {
  const mistake = result.mistakes[other].find((entry) => entry.key === key);
  const name = roleNames[other];
  if (mistake)
    return html`<h4>${name}</h4>
      ${topFive(result, mistake)}`;
  const wrong = confusions(result.confusion[other]).reduce((sum, { count }) => sum + count, 0);
  if (result.mistakes[other].length < wrong) return raw('');
  return html`<p class="note">The ${name.toLowerCase()} got it right.</p>`;
}

/** A path may be broken after its slashes. */
const breakable = (key: string): Html[] => key.split(/(?<=[\\/])/).map((part) => html`${part}<wbr />`);

function card(data: ReportData, role: Role, mistake: Mistake): Html {
  const { result, mistakeImages } = data;
  const truth = nameOf(result, mistake.label);
  // An image may be called "constructor", which every object has.
  const uri = Object.hasOwn(mistakeImages, mistake.key) ? mistakeImages[mistake.key] : undefined;
  return html`<li class="card">
    ${
      uri === undefined
        ? html`<div class="no-image">The image was not kept</div>`
        : html`<img src="${uri}" alt="${truth}" width="112" height="112" />`
    }
    <div>
      <h4>True class</h4>
      <p class="truth">${truth}</p>
      <h4>${roleNames[role]}</h4>
      ${topFive(result, mistake)}
      ${otherPrediction(result, mistake.key, role === 'teacher' ? 'student' : 'teacher')}
      <p class="key">${breakable(mistake.key)}</p>
    </div>
  </li>`;
}

const cards = (data: ReportData, role: Role, mistakes: readonly Mistake[]): Html =>
  html`<ul class="cards">
    ${mistakes.slice(0, SHOWN[role]).map((mistake) => card(data, role, mistake))}
  </ul>`;

const words = ['no', 'one', 'two', 'three', 'four', 'five'];

/** The most confident mistakes of the models. */
export function mistakesSection(data: ReportData): Html {
  const { student, teacher, baseline } = data.result.mistakes;
  const others = (['teacher', 'baseline'] as const).map((role) =>
    when(role === 'teacher' ? teacher : baseline, (mistakes) =>
      mistakes.length === 0
        ? raw('')
        : html`<details>
            <summary>The ${role}’s worst mistakes</summary>
            ${cards(data, role, mistakes)}
          </details>`,
    ),
  );
  return html`<section id="mistakes">
    <h2>Worst mistakes</h2>
    ${
      student.length === 0
        ? html`<p>The student made no mistakes.</p>`
        : html`<p>
              The test images for which the student was wrong and most confident. Each shows the true class
              and the ${words[Math.min(5, data.result.classes.length)]!} classes with the highest
              probabilities, the true one in bold where it is among them.
            </p>
            ${cards(data, 'student', student)}`
    }
    ${others}
  </section>`;
}
