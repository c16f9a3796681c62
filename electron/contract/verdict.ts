/** The verdict of comparing two models on the same images. Written once, so that screens, report and terminal agree. */

/** A difference less likely than this by chance alone counts as shown. */
export const alpha = 0.05;

export interface PairedCounts {
  /** Images that both models classified. */
  n: number;
  firstRight: number;
  secondRight: number;
  /** Images that only the first, only the second, gets right. */
  onlyFirst: number;
  onlySecond: number;
  /** Exact two-sided McNemar test. */
  p: number;
}

/** Of the first model beside the second. */
export type PairVerdict = 'better' | 'worse' | 'no difference shown';

export interface PairNames {
  /** At the beginning of a sentence, and within it. */
  first: string;
  second: string;
  /** Both of them, where no difference is shown. */
  both: string;
  /** Who alone is right. */
  only: readonly [first: string, second: string];
}

export const studentAndBaseline: PairNames = {
  first: 'The distilled student',
  second: 'its baseline',
  both: 'student and baseline',
  only: ['the student', 'the baseline'],
};

export const verdictOf = ({
  p,
  onlyFirst,
  onlySecond,
}: Pick<PairedCounts, 'p' | 'onlyFirst' | 'onlySecond'>): PairVerdict =>
  p >= alpha ? 'no difference shown' : onlyFirst > onlySecond ? 'better' : 'worse';

/** p < 0.0001, p = 0.0051. */
export const pText = (p: number): string => (p < 0.0001 ? 'p < 0.0001' : `p = ${Number(p.toPrecision(2))}`);

/** With fewer images that only one model gets right, 2 * (1/2)^n is above alpha even where all of them fall to one side. */
const fewestDiscordant = Math.ceil(1 - Math.log2(alpha));

/** A difference of two shares in percentage points, with its sign: '+1.25', '−0.40', '±0.00'. */
export function pointsText(difference: number, digits = 2): string {
  const text = Math.abs(100 * difference).toFixed(digits);
  return `${Number(text) === 0 ? '±' : difference > 0 ? '+' : '−'}${text}`;
}

const count = (images: number): string => images.toLocaleString('en-US');
export const shareText = (right: number, n: number): string =>
  `${((n === 0 ? 0 : right / n) * 100).toFixed(2)} %`;

/** What both models got right, in figures. */
function outcome(
  { n, firstRight, secondRight, onlyFirst, onlySecond, p }: PairedCounts,
  only: PairNames['only'],
) {
  if (onlyFirst + onlySecond === 0)
    return firstRight === n
      ? `both get all ${count(n)} images right`
      : `both get the same ${count(firstRight)} of ${count(n)} images right (${shareText(firstRight, n)})`;
  const shares = `${shareText(firstRight, n)} against ${shareText(secondRight, n)} of ${count(n)} images right`;
  const discordant = `${count(onlyFirst)} only by ${only[0]}, ${count(onlySecond)} only by ${only[1]}`;
  return `${shares}, ${discordant} (exact McNemar test, ${pText(p)})`;
}

/** The verdict in words, with its figures. */
export function verdictSentence(counts: PairedCounts, { first, second, both, only }: PairNames): string {
  const verdict = verdictOf(counts);
  const opening =
    verdict === 'no difference shown'
      ? `No difference between ${both} is shown`
      : `${first} is ${verdict} than ${second}`;
  const tooFew =
    counts.onlyFirst + counts.onlySecond < fewestDiscordant
      ? ` The test needs at least ${fewestDiscordant} images that only one of them gets right to show a difference.`
      : '';
  return `${opening}: ${outcome(counts, only)}.${tooFew}`;
}
