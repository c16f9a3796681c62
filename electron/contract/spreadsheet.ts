/**
 * A cell of a CSV file as a spreadsheet may open it: text that begins as a formula does gets an apostrophe before it, so that
 * nothing is computed or fetched (OWASP, "CSV Injection"); numbers stay as they are.
 */
export function spreadsheetCell(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const isFormula = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/.test(value) && !isNumber(value);
  return isFormula ? `'${value}` : value;
}

/** Whether a CSV file has such an apostrophe, as far as these texts are in it. */
export const needsApostrophes = (texts: readonly string[]): boolean =>
  texts.some((text) => spreadsheetCell(text) !== text);

const isNumber = (text: string): boolean => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text);

/** A row by RFC 4180: commas, CRLF, quotes only where a cell needs them. */
export const csvRow = (cells: readonly (string | number | boolean | null)[]): string =>
  `${cells.map((cell) => quoted(spreadsheetCell(cell))).join(',')}\r\n`;

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** For people who compare a file with where its names come from. */
export const spreadsheetNote =
  'In CSV files, texts that begin with =, +, - or @ have an apostrophe before them, so that no spreadsheet takes them for formulas.';
