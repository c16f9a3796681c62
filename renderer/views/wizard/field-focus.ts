import { shallowRef } from 'vue';
import { parentOf } from '../../recipe-fields.ts';

/** The field that the step which is gone to shall begin at; null: at its heading. */
export const wantedField = shallowRef<string | null>(null);

const controls = 'input, textarea, button, select, [role="slider"], [role="combobox"], [tabindex="0"]';

/**
 * Brings a field of the recipe into view and puts the focus into it, or into the nearest field around it that is there. Returns whether
 * one was.
 */
export function focusField(path: string): boolean {
  for (let at = path; at !== ''; at = parentOf(at)) {
    const field = document.querySelector(
      `[data-field="${CSS.escape(at)}"], [data-field^="${CSS.escape(at)}["]`,
    );
    if (!field) continue;
    const details = field.closest('details');
    if (details) details.open = true;
    field.scrollIntoView({ block: 'center' });
    const control = [...field.querySelectorAll<HTMLElement>(controls)].find(
      (one) => !one.matches(':disabled, [type="hidden"], [data-help]') && one.checkVisibility(),
    );
    control?.focus({ preventScroll: true });
    return true;
  }
  return false;
}
