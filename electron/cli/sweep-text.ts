import { isLoss } from '../contract/sweep/sweep.ts';
import type { SweepStatus } from '../contract/sweep/sweep-status.ts';
import type { SeedSummary, SettingRow, SweepTable } from '../contract/sweep/sweep-table.ts';
import {
  bytes,
  counted,
  duration,
  milliseconds,
  nothing,
  orDash,
  percent,
  quantity,
  table,
} from './format.ts';

const valuesText = (values: Record<string, string>): string => Object.values(values).join(', ') || 'base';

export function statusText(status: SweepStatus, shown: (file: string) => string): string {
  const { name, state, members, secondsPerMember, error } = status;
  const done = members.filter((member) => member.state === 'completed').length;
  const rows = members.map(
    ({ index, values, seed, state: own, folder, worker, error: fault, stoppedEarly }) => [
      String(index + 1),
      valuesText(values),
      String(seed),
      [
        stoppedEarly ? 'stopped early' : (own ?? 'waiting'),
        ...(worker === null ? [] : [`on ${worker}`]),
      ].join(' '),
      fault && !stoppedEarly ? fault.message : orDash(folder, shown),
    ],
  );
  const each = secondsPerMember === null ? '' : `, ${duration(secondsPerMember)} each`;
  return [
    `${name}: ${state}, ${done} of ${counted(members.length, 'run')} completed${each}`,
    ...(error ? [error.message] : []),
    '',
    table([['', 'setting', 'seed', 'state', ''], ...rows], 'rlrll'),
  ].join('\n');
}

const scored =
  ({ score }: SweepTable) =>
  (value: number): string =>
    isLoss(score) ? value.toPrecision(4) : percent(value);

const spread = ({ deviation }: SeedSummary, digits: (value: number) => string): string =>
  deviation === null ? '' : ` ± ${digits(deviation)}`;

function settingCells(row: SettingRow, result: SweepTable): string[] {
  const digits = scored(result);
  const marks = [
    ...(row.setting === result.chosen ? ['chosen'] : []),
    ...(result.fronts.parameters.includes(row.setting) ? ['front'] : []),
  ];
  return [
    ...result.axes.map(({ name }) => row.values[name] ?? nothing),
    row.score === null ? nothing : `${digits(row.score.mean)}${spread(row.score, digits)}`,
    `${row.completed}/${row.members}`,
    orDash(row.parameters, quantity),
    orDash(row.bytes, bytes),
    orDash(row.latencyMs, milliseconds),
    marks.join(', '),
  ];
}

/** Settings, effects of the axes, and what the test images show. */
export function tableText(result: SweepTable): string {
  const { axes, settings, effects, test, score, sentence } = result;
  const head = [...axes.map(({ name }) => name), score, 'runs', 'parameters', 'size', 'latency', ''];
  const rows = settings.map((row) => settingCells(row, result));
  const digits = scored(result);
  const effectLines = effects
    .filter(({ levels }) => levels.length > 1)
    .map(
      ({ axis, levels }) =>
        `${axis}: ${levels.map(({ value, mean }) => `${value} ${digits(mean)}`).join(', ')}`,
    );
  return [
    table([head, ...rows], `${'l'.repeat(axes.length)}r`),
    ...(effectLines.length > 0
      ? ['', `Mean ${score} by axis:`, ...effectLines.map((line) => `  ${line}`)]
      : []),
    ...(test && test.comparisons.length > 0
      ? ['', 'On the test images:', ...test.comparisons.map((one) => `  ${one.sentence}`)]
      : []),
    '',
    sentence,
  ].join('\n');
}
