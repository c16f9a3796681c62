import type { SettingComparison, SettingTest } from '../../contract/sweep/sweep-table.ts';
import { settingText } from '../../contract/sweep/sweep-words.ts';
import { pointsText, pText, type PairVerdict } from '../../contract/verdict.ts';
import { fewestSeeds } from './crossed-test.ts';

/** What comparisons on the test images show, in words that claim no more than was tested. */

const seedsText = (seeds: number): string => (seeds === 1 ? 'one seed' : `${seeds} seeds`);
const corrected = (test: SettingTest): string => `${pText(test.corrected)} after correction`;

const studentsSentence = (students: SettingTest, other: string, seeds: number): string =>
  students.verdict === 'no difference shown'
    ? `No difference between the students of the chosen setting and those of ${other} is shown (${seedsText(seeds)}, ${corrected(students)}).`
    : `The students of the chosen setting are ${students.verdict} than those of ${other} (${seedsText(seeds)}, ${corrected(students)}).`;

/** One comparison. `values`: of the other setting. */
export function comparisonSentence(
  { perSeed, lead, students, acrossSeeds }: Omit<SettingComparison, 'sentence'>,
  values: Record<string, string>,
): string {
  const other = settingText(values);
  if (acrossSeeds === null) return studentsSentence(students, other, perSeed.length);
  const { verdict, interval } = acrossSeeds;
  const opening =
    verdict === 'no difference shown'
      ? `No difference from ${other} is shown beyond the spread of ${perSeed.length} seeds`
      : `The chosen setting is ${verdict} than ${other}, beyond the spread of ${perSeed.length} seeds`;
  const figures = `lead ${pointsText(lead)} points, 95 % interval ${interval.map((end) => pointsText(end)).join(' to ')}, ${corrected(acrossSeeds)}`;
  const trained =
    students.verdict === 'no difference shown'
      ? 'Nor is one between the students that were trained'
      : `The students that were trained do differ: those of the chosen setting are ${students.verdict}`;
  return verdict === 'no difference shown'
    ? `${opening} (${figures}). ${trained} (${corrected(students)}).`
    : `${opening} (${figures}).`;
}

const countOf = (tests: readonly SettingTest[], verdict: PairVerdict): number =>
  tests.filter((test) => test.verdict === verdict).length;

/** 'none is', '1 is', '4 are'. */
const are = (settings: number): string =>
  settings === 0 ? 'none is' : `${settings} ${settings === 1 ? 'is' : 'are'}`;
const ofSettings = (settings: number): string =>
  settings === 0 ? 'those of none' : `those of ${settings} ${settings === 1 ? 'setting' : 'settings'}`;

/** What is shown of the settings themselves. */
function settingsSentence(tested: readonly SettingTest[], all: number): string {
  const which = tested.length === all ? '' : ` with ${fewestSeeds} seeds or more`;
  const [worse, better] = [countOf(tested, 'better'), countOf(tested, 'worse')];
  return `Of the ${tested.length} other settings${which}, ${are(worse)} shown to be worse beyond the spread of seeds, and ${better === 0 ? 'none' : better} to be better.`;
}

/** What is shown of the students that were trained. */
function studentsOverview(students: readonly SettingTest[]): string {
  const [worse, better] = [countOf(students, 'better'), countOf(students, 'worse')];
  return `Of the students that were trained, ${ofSettings(worse)} are shown to be worse than those of the chosen one, and ${ofSettings(better)} to be better.`;
}

/** All comparisons; empty without any. */
export function comparisonsSentence(comparisons: readonly SettingComparison[]): string {
  const { length } = comparisons;
  if (length === 0) return '';
  const tested = comparisons.map(({ acrossSeeds }) => acrossSeeds).filter((test) => test !== null);
  const untested =
    tested.length === 0 ? [`Whether settings differ is tested from ${fewestSeeds} seeds on.`] : [];
  if (length === 1) return [comparisons[0]!.sentence, ...untested].join(' ');
  const settings = tested.length === 0 ? [] : [settingsSentence(tested, length)];
  return [...settings, studentsOverview(comparisons.map(({ students }) => students)), ...untested].join(' ');
}
