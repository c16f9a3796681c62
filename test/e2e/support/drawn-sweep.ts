import type { Page } from '@playwright/test';
import { grouped } from '../../../electron/contract/grouped.ts';
import type { SweepMember, SweepStatus } from '../../../electron/contract/sweep/sweep-status.ts';
import {
  type SettingRow,
  sweepCosts,
  type SweepTable,
} from '../../../electron/contract/sweep/sweep-table.ts';
import { paretoFront } from '../../../electron/engine/sweep/front.ts';
import type { CallMessage, Message } from '../../../electron/rpc/protocol.ts';

/** The address of a sweep that is only drawn. */
export const drawnFolder = '/drawn/sweep';

/** A number in [0, 1) by a formula, so that each run draws the same. */
const shake = (i: number, k: number): number => {
  const value = Math.sin(12.9898 * i + 78.233 * k) * 43758.5453;
  return value - Math.floor(value);
};

function rowOf(setting: number): SettingRow {
  const width = 4 + Math.floor(60 * shake(setting, 1));
  const temperature = [1, 2, 4, 8, 16][Math.floor(5 * shake(setting, 2))]!;
  const rate = (10 ** (-4 + 3 * shake(setting, 3))).toPrecision(3);
  const method = ['soft targets', 'DKD', 'logits'][Math.floor(3 * shake(setting, 4))]!;
  const parameters = 60 * width ** 2 + 500;
  const mean = 0.6 + 0.3 * (1 - Math.exp(-width / 20)) + 0.05 * shake(setting, 5) - 0.004 * temperature;
  return {
    setting,
    values: { width: String(width), temperature: String(temperature), rate, method },
    score: { seeds: 3, mean, deviation: 0.01, interval: [mean - 0.01, mean + 0.01] },
    ...{ completed: 3, members: 3, parameters, bytes: 4 * parameters, macs: 300 * parameters },
    latencyMs: 0.2 + width / 50 + 0.05 * shake(setting, 6),
    best: { seed: 2, score: mean + 0.01, folder: `${drawnFolder}/runs/${setting}` },
  };
}

export interface Drawn {
  status: SweepStatus;
  table: SweepTable;
}

const fault: SweepMember['error'] = {
  ...{ code: 'OUT_OF_MEMORY', message: 'The memory is used up.', hint: 'Choose smaller batches.' },
  retryable: false,
};

/** A completed sweep of so many settings with made-up scores, a member each. */
export function drawnSweep(count: number): Drawn {
  const settings = Array.from({ length: count }, (_, setting) => rowOf(setting));
  const members = settings.map(({ setting, values }): SweepMember => ({
    ...{ index: setting, setting, seed: 1, values, folder: `${drawnFolder}/runs/${setting}` },
    ...{ state: 'completed', worker: null, error: null, stoppedEarly: false },
  }));
  const fronts = sweepCosts.map((cost) => [
    cost,
    paretoFront(settings.map((row) => ({ setting: row.setting, score: row.score!.mean, cost: row[cost]! }))),
  ]);
  const best = settings.reduce((one, other) => (other.score!.mean > one.score!.mean ? other : one));
  const temperatures = [...grouped(settings, ({ values }) => values['temperature']!)];
  return {
    status: {
      ...{ folder: drawnFolder, name: 'Drawn', state: 'completed', startedAt: '2026-11-30T12:00:00.000Z' },
      ...{ error: null, members, secondsPerMember: 60, teacherSecondsLeft: 0, budgetHours: null },
    },
    table: {
      ...{ name: 'Drawn', state: 'completed', score: 'accuracy', settings },
      chosen: best.setting,
      axes: Object.keys(settings[0]!.values).map((name) => ({ name, field: 'seed', values: [1] })),
      fronts: Object.fromEntries(fronts) as SweepTable['fronts'],
      effects: [
        {
          axis: 'temperature',
          levels: temperatures.map(([value, rows]) => ({
            value,
            settings: rows.length,
            mean: rows.reduce((sum, { score }) => sum + score!.mean, 0) / rows.length,
          })),
        },
      ],
      test: { accuracy: best.score!, comparisons: [] },
      sentence: 'Drawn figures.',
    },
  };
}

type Answers = Readonly<Record<string, () => unknown>>;

/** The same at work: some members completed, one failed, two at work; none has completed where `done` is 0. */
export function atWork({ status, table }: Drawn, done: number): Drawn {
  const members = status.members.map((member, i): SweepMember => {
    if (i < done) return member;
    if (i === done) return { ...member, state: 'failed', error: fault };
    return i < done + 3 ? { ...member, state: 'running' } : { ...member, state: null, folder: null };
  });
  const unscored = { score: null, best: null, completed: 0 };
  const settings = table.settings.map((row, i) => (i < done ? row : { ...row, ...unscored }));
  return {
    status: { ...status, state: 'running', members, secondsPerMember: done === 0 ? null : 60 },
    table: { ...table, state: 'running', settings, test: null, ...(done === 0 && { chosen: null }) },
  };
}

/** Answers what the page asks of sweeps in the engine's place; everything else reaches the engine. */
export async function answerSweeps(page: Page, answers: Answers): Promise<void> {
  await page.routeWebSocket(/\/api\/engine/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => socket.send(message));
    socket.onMessage((message) => {
      const asked = JSON.parse(String(message)) as Message;
      if (!isAnswered(asked, answers)) {
        server.send(message);
        return;
      }
      const value = answers[asked.method]!();
      socket.send(JSON.stringify({ kind: 'result', id: asked.id, outcome: { ok: true, value } }));
    });
  });
}

const isAnswered = (message: Message, answers: Answers): message is CallMessage =>
  message.kind === 'call' && message.service === 'sweeps' && message.method in answers;
