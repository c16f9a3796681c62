import type { SettingComparison, SettingTest } from '../../contract/sweep/sweep-table.ts';
import { alpha, type PairVerdict } from '../../contract/verdict.ts';
import { correctRows, pairedCounts } from '../evaluate/comparison.ts';
import { type CompletedMember, predictionsOf } from './completed-members.ts';
import { crossedTest, fewestSeeds } from './crossed-test.ts';
import { comparisonSentence } from './comparison-words.ts';
import { holm } from './holm.ts';
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

/** Before correction. */
interface Uncorrected extends Pick<SettingComparison, 'setting' | 'perSeed' | 'lead'> {
  studentsP: number;
  acrossSeeds: { p: number; interval: [number, number] } | null;
}

function compareHits(
  chosen: ReadonlyMap<number, Hits>,
  other: ReadonlyMap<number, Hits>,
  setting: number,
): Uncorrected | null {
  const perSeed: SettingComparison['perSeed'] = [];
  const differences: Int8Array[] = [];
  let keys: string | null = null;
  for (const [seed, one] of chosen) {
    const theirs = other.get(seed);
    keys ??= one.keys;
    if (theirs?.keys !== keys || one.keys !== keys) continue;
    const { onlyFirst, onlySecond, p } = pairedCounts(one.right, theirs.right);
    perSeed.push({ seed, onlyChosen: onlyFirst, onlyOther: onlySecond, p });
    differences.push(Int8Array.from(one.right, (hit, i) => Number(hit) - Number(theirs.right[i])));
  }
  const images = differences[0]?.length ?? 0;
  if (images === 0) return null;
  const byImage = Array.from({ length: images }, (_, i) => sum(differences.map((row) => row[i]!)));
  return {
    setting,
    perSeed,
    lead: sum(byImage) / (images * perSeed.length),
    studentsP: signFlip(byImage),
    acrossSeeds: perSeed.length < fewestSeeds || images < 2 ? null : crossedTest(differences),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function settingTest(p: number, corrected: number, lead: number): SettingTest {
  const verdict: PairVerdict = corrected >= alpha ? 'no difference shown' : lead > 0 ? 'better' : 'worse';
  return { p, corrected, verdict };
}

/** P values of those that were tested, corrected, at their places. */
function correctedOf(values: readonly (number | null)[], m: number): (number | null)[] {
  const corrected = holm(
    values.filter((p) => p !== null),
    m,
  ).values();
  return values.map((p) => (p === null ? null : corrected.next().value!));
}

/**
 * The chosen setting beside others on the test images, the same seeds of both: McNemar's test for each seed; one test over all seeds
 * of the students that were trained; and one of the settings, which counts the spread of seeds. Settings that share no seed with the
 * chosen one are left out. `choice`: the number of settings among which it was chosen.
 *
 * Both tests are corrected by Holm's method. Test images played no part in the choice, so for the students it is the number of
 * comparisons. But the chosen setting owes its place in part to lucky seeds, and these are the seeds that it is tested with: for the
 * settings it is the number of all pairs. By the number of comparisons alone, 20 settings that are all alike and have 10 seeds each
 * would have a wrong verdict in 19 of 100 sweeps, by that of all pairs in 3 (simulated, normal scores).
 */
export async function compareSettings(
  chosen: readonly CompletedMember[],
  others: ReadonlyMap<number, readonly CompletedMember[]>,
  choice: number,
): Promise<SettingComparison[]> {
  const own = await bySeed(chosen);
  const found: (Uncorrected & { values: Record<string, string> })[] = [];
  for (const [setting, members] of others) {
    const compared = compareHits(own, await bySeed(members), setting);
    if (compared) found.push({ ...compared, values: members[0]!.values });
  }
  const students = holm(found.map(({ studentsP }) => studentsP));
  const settings = correctedOf(
    found.map(({ acrossSeeds }) => acrossSeeds?.p ?? null),
    (choice * (choice - 1)) / 2,
  );
  return found.map(({ studentsP, values, lead, acrossSeeds: across, ...rest }, i) => {
    const comparison = {
      ...rest,
      lead,
      students: settingTest(studentsP, students[i]!, lead),
      acrossSeeds: across && { ...settingTest(across.p, settings[i]!, lead), interval: across.interval },
    };
    return { ...comparison, sentence: comparisonSentence(comparison, values) };
  });
}
