import { correctionSentence, unseenHeadings, unseenRows } from '../../../contract/unseen-words.ts';
import { roleNames, rolesOf, type ReportData } from './data.ts';
import { percent } from './format.ts';
import { html, type Html } from './html.ts';

/** Classes that the student was not trained on, evaluated in three ways; null where the test images show none. */
export function unseenSection({ result }: ReportData): Html | null {
  const { unseen } = result;
  if (!unseen) return null;
  const bodies = rolesOf(result).flatMap(({ role }) => {
    const model = unseen.models[role];
    if (!model) return [];
    return html`<tbody>
      <tr>
        <th colspan="${unseenHeadings.length + 1}" scope="rowgroup" class="${role}">${roleNames[role]}</th>
      </tr>
      ${unseenRows(model).map(
        ({ label, note, accuracies }) =>
          html`<tr>
            <th scope="row">${label} <small>${note}</small></th>
            ${accuracies.map((share) => html`<td>${percent(share)}</td>`)}
          </tr>`,
      )}
    </tbody>`;
  });
  return html`<section id="unseen">
    <h2>Unseen classes</h2>
    <p>${correctionSentence(unseen)}</p>
    <div class="scroll">
      <table>
        <caption>
          Accuracy on the test images. The harmonic mean of seen and unseen classes is high only where both
          are.
        </caption>
        <thead>
          <tr>
            <th scope="col">Evaluated</th>
            ${unseenHeadings.map((heading) => html`<th scope="col" class="number">${heading}</th>`)}
          </tr>
        </thead>
        ${bodies}
      </table>
    </div>
  </section>`;
}
