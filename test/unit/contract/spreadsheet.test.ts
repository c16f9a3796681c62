import { expect, it } from 'vitest';
import { csvRow, needsApostrophes, spreadsheetCell } from '../../../electron/contract/spreadsheet.ts';

it.each([
  ['=HYPERLINK("http://x")', `'=HYPERLINK("http://x")`],
  ['+cmd|calc', "'+cmd|calc"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', "'\r=1"],
  ['-12.5', '-12.5'],
  ['+1e-7', '+1e-7'],
  ['stop', 'stop'],
  ['a=b', 'a=b'],
])('a spreadsheet takes %j for text', (given, expected) => expect(spreadsheetCell(given)).toBe(expected));

it('numbers, truth and nothing stay as they are', () => {
  expect(csvRow([-1.5, 2e-7, true, null, 'a "b", c', '=1,2'])).toBe(
    '-1.5,2e-7,true,,"a ""b"", c","\'=1,2"\r\n',
  );
});

it('is mentioned only where a text was changed', () => {
  expect(needsApostrophes(['stop', '-12.5'])).toBe(false);
  expect(needsApostrophes(['stop', '=1+1'])).toBe(true);
});
