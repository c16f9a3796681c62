/** A piece of HTML that is safe as it stands: everything put into it was escaped or was HTML itself. */
export interface Html {
  readonly html: string;
}

type Value = string | number | Html | readonly Html[] | null;

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!);

function toHtml(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return escape(value);
  if (typeof value === 'number') return String(value);
  return 'html' in value ? value.html : value.map((part) => part.html).join('');
}

/** Tag of template literals: what is put in is escaped, unless it is Html; null is nothing. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return { html: String.raw({ raw: strings }, ...values.map(toHtml)) };
}

/** Takes text for HTML. Only for what we made ourselves. */
export const raw = (text: string): Html => ({ html: text });

/** Calls `part` only where there is something to show. */
export const when = <T>(value: T | null | undefined, part: (value: T) => Html): Html =>
  value === null || value === undefined ? raw('') : part(value);
