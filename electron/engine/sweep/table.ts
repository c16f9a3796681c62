import { grouped } from '../../contract/grouped.ts';
import { isLoss, type SweepScore } from '../../contract/sweep/sweep.ts';
import type { SweepState } from '../../contract/sweep/sweep-status.ts';
import {
  type AxisEffect,
  type BestMember,
  type SettingRow,
  type SweepCost,
  sweepCosts,
  type SweepTable,
  type SweepTest,
} from '../../contract/sweep/sweep-table.ts';
import { shareText } from '../../contract/verdict.ts';
import { median } from '../numbers/quantile.ts';
import { compareSettings } from './compare-settings.ts';
import { comparisonsSentence } from './comparison-words.ts';
import { type CompletedMember, completedMembers } from './completed-members.ts';
import { paretoFront } from './front.ts';
import { type Member, membersOf } from './members.ts';
import { mean, summariseSeeds } from './seed-summary.ts';
import { settingText } from './settings.ts';
import type { SweepFolder } from './sweep-folder.ts';

/** Settings that the chosen one is compared with on test images: the best others. More would cost power and minutes. */
const mostCompared = 100;

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function scoreOf({ result }: CompletedMember, score: SweepScore): number[] {
  const value = result.models.student.validation?.[score] ?? Number.NaN;
  return Number.isFinite(value) ? [value] : [];
}

/** The first of several alike. */
function bestOf(completed: readonly CompletedMember[], score: SweepScore): BestMember | null {
  const sign = isLoss(score) ? -1 : 1;
  let best: BestMember | null = null;
  for (const member of completed)
    for (const value of scoreOf(member, score))
      if (best === null || sign * value > sign * best.score)
        best = { seed: member.seed, score: value, folder: member.folder };
  return best;
}

function rowOf(
  { setting, values }: Member,
  members: number,
  completed: readonly CompletedMember[],
  score: SweepScore,
): SettingRow {
  const student = completed[0]?.result.models.student;
  const latencies = completed
    .map(({ result }) => result.models.student.latencyMs)
    .filter((ms) => Number.isFinite(ms));
  return {
    setting,
    values,
    score: summariseSeeds(completed.flatMap((member) => scoreOf(member, score))),
    completed: completed.length,
    members,
    parameters: student ? finite(student.parameters) : null,
    bytes: student ? finite(student.bytes) : null,
    macs: student ? finite(student.macs) : null,
    latencyMs: latencies.length === 0 ? null : median(latencies),
    best: bestOf(completed, score),
  };
}

function effectsOf(axes: readonly string[], rows: readonly SettingRow[]): AxisEffect[] {
  return axes.map((axis) => {
    const levels = grouped(
      rows.filter(({ score }) => score !== null),
      ({ values }) => values[axis]!,
    );
    return {
      axis,
      levels: [...levels].map(([value, sharing]) => ({
        value,
        settings: sharing.length,
        mean: mean(sharing.map(({ score }) => score!.mean)),
      })),
    };
  });
}

/** Rows with a score, the best first. */
function ranked(rows: readonly SettingRow[], score: SweepScore): SettingRow[] {
  const sign = isLoss(score) ? 1 : -1;
  return rows
    .filter((row) => row.score !== null)
    .sort((a, b) => sign * (a.score!.mean - b.score!.mean) || a.setting - b.setting);
}

const scoreText = (value: number, score: SweepScore): string =>
  isLoss(score) ? value.toPrecision(4) : shareText(value, 1);

function sentenceOf(best: SettingRow | undefined, score: SweepScore, test: SweepTest | null): string {
  if (!best?.score) return 'No run of this sweep has completed yet.';
  const seeds = best.score.seeds === 1 ? 'one seed' : `${best.score.seeds} seeds`;
  const opening = `Best on the held-out images: ${settingText(best.values)}, ${score} ${scoreText(best.score.mean, score)} over ${seeds}.`;
  if (test === null) return opening;
  const accuracy = `On the test images its accuracy is ${shareText(test.accuracy.mean, 1)}.`;
  return [opening, accuracy, comparisonsSentence(test.comparisons)].join(' ').trimEnd();
}

async function testOf(
  best: SettingRow,
  others: readonly SettingRow[],
  bySetting: ReadonlyMap<number, CompletedMember[]>,
): Promise<SweepTest | null> {
  const chosen = bySetting.get(best.setting)!;
  const accuracy = summariseSeeds(chosen.map(({ result }) => result.models.student.test.accuracy));
  if (accuracy === null) return null;
  const compared = new Map(
    others.slice(0, mostCompared).map(({ setting }) => [setting, bySetting.get(setting)!]),
  );
  return { accuracy, comparisons: await compareSettings(chosen, compared, others.length + 1) };
}

/** What a sweep has shown. Settings are chosen by the held-out images; test images are looked at when it is completed. */
export async function sweepTable(folder: SweepFolder, state: SweepState): Promise<SweepTable> {
  const { name, score, axes } = folder.sweep;
  const members = membersOf(folder.sweep);
  const bySetting = grouped(await completedMembers(folder, members), ({ setting }) => setting);
  const settings = [...grouped(members, ({ setting }) => setting)].map(([setting, planned]) =>
    rowOf(planned[0]!, planned.length, bySetting.get(setting) ?? [], score),
  );
  const [best, ...others] = ranked(settings, score);
  const test = best && state === 'completed' ? await testOf(best, others, bySetting) : null;
  const sign = isLoss(score) ? -1 : 1;
  const front = (cost: SweepCost) =>
    paretoFront(
      settings.flatMap((row) =>
        row.score !== null && row[cost] !== null
          ? [{ setting: row.setting, score: sign * row.score.mean, cost: row[cost] }]
          : [],
      ),
    );
  return {
    name,
    state,
    score,
    axes,
    settings,
    chosen: best?.setting ?? null,
    fronts: Object.fromEntries(sweepCosts.map((cost) => [cost, front(cost)])) as SweepTable['fronts'],
    effects: effectsOf(
      axes.map((axis) => axis.name),
      settings,
    ),
    test,
    sentence: sentenceOf(best, score, test),
  };
}
