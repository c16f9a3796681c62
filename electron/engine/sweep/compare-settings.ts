import { alpha, pText, type PairVerdict } from '../../contract/verdict.ts';
import type { SettingComparison } from '../../contract/sweep/sweep-table.ts';
import { correctRows, pairedCounts } from '../evaluate/comparison.ts';
import { type CompletedMember, predictionsOf } from './completed-members.ts';
import { holm } from './holm.ts';
import { settingText } from './settings.ts';
import { signFlip } from './sign-flip.ts';

/** Which test images a student gets right. */
interface Hits {
  /** Of the images, in order: students are compared only on the same ones. */
  keys: string;
  right: readonly boolean[];
}

async function hitsOf(member: CompletedMember): Promise<Hits | null> {
  const predictions = await predictionsOf(member);
  const student = predictions?.models.get('student');
  return student && predictions ? { keys: predictions.keys.join('\n'), right: correctRows(student) } : null;
}

const bySeed = async (members: readonly CompletedMember[]): Promise<Map<number, Hits>> => {
  const hits = new Map<number, Hits>();
  for (const member of members) {
    const found = await hitsOf(member);
    if (found) hits.set(member.seed, found);
  }
  return hits;
};

type Uncorrected = Omit<SettingComparison, 'corrected' | 'verdict' | 'sentence'> & {
  /** Images that the chosen setting alone gets right less those that the other alone does, over the seeds. */
  lead: number;
};

function compareHits(
  chosen: ReadonlyMap<number, Hits>,
  other: ReadonlyMap<number, Hits>,
  setting: number,
): Uncorrected | null {
  const perSeed: SettingComparison['perSeed'] = [];
  let differences: number[] = [];
  let keys: string | null = null;
  for (const [seed, one] of chosen) {
    const theirs = other.get(seed);
    keys ??= one.keys;
    if (theirs?.keys !== keys || one.keys !== keys) continue;
    const { onlyFirst, onlySecond, p } = pairedCounts(one.right, theirs.right);
    perSeed.push({ seed, onlyChosen: onlyFirst, onlyOther: onlySecond, p });
    differences = one.right.map((hit, i) => (differences[i] ?? 0) + Number(hit) - Number(theirs.right[i]));
  }
  if (perSeed.length === 0) return null;
  const lead = differences.reduce((sum, value) => sum + value, 0);
  return { setting, perSeed, p: signFlip(differences), lead };
}

const verdictOf = (corrected: number, lead: number): PairVerdict =>
  corrected >= alpha ? 'no difference shown' : lead > 0 ? 'better' : 'worse';

const words: Record<PairVerdict, string> = {
  better: 'The chosen setting is better than',
  worse: 'The chosen setting is worse than',
  'no difference shown': 'No difference is shown to',
};

/**
 * The chosen setting beside others on the test images, the same seeds of both: McNemar's test for each seed, one test over all seeds,
 * and Holm's correction for the number of settings. Settings that share no seed with it are left out.
 */
export async function compareSettings(
  chosen: readonly CompletedMember[],
  others: ReadonlyMap<number, readonly CompletedMember[]>,
): Promise<SettingComparison[]> {
  const own = await bySeed(chosen);
  const found: (Uncorrected & { values: Record<string, string> })[] = [];
  for (const [setting, members] of others) {
    const compared = compareHits(own, await bySeed(members), setting);
    if (compared) found.push({ ...compared, values: members[0]!.values });
  }
  const corrected = holm(found.map(({ p }) => p));
  return found.map(({ lead, values, ...comparison }, i) => {
    const verdict = verdictOf(corrected[i]!, lead);
    const { length } = comparison.perSeed;
    const seeds = length === 1 ? 'one seed' : `${length} seeds`;
    const sentence = `${words[verdict]} ${settingText(values)} (${seeds}, ${pText(corrected[i]!)} after correction).`;
    return { ...comparison, corrected: corrected[i]!, verdict, sentence };
  });
}
