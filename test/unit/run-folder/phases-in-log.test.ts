import { expect, it } from 'vitest';
import { phasesInLog } from '../../../electron/engine/run-folder/phases-in-log.ts';

const time = (seconds: number): string => new Date(1_700_000_000_000 + seconds * 1000).toISOString();
const line = (seconds: number, message: string) => ({ time: time(seconds), level: 'info' as const, message });

it("reads the phases of an earlier version's run out of its log; a dead process's end with its last message", () => {
  const log = [
    line(0, 'State: running.'),
    line(0, 'Phase: import.'),
    line(4, 'Phase: decode.'),
    line(10, 'Phase: teacher.'),
    line(40, 'something'),
    line(1000, 'State: running.'),
    line(1000, 'Phase: import.'),
    line(1002, 'Phase: teacher.'),
    line(1012, 'State: stopping.'),
    line(1013, 'State: cancelled.'),
  ];
  expect(phasesInLog(log)).toEqual([
    { phase: 'import', startedAt: time(0), endedAt: time(10) },
    { phase: 'teacher', startedAt: time(10), endedAt: time(40) },
    { phase: 'import', startedAt: time(1000), endedAt: time(1002) },
    { phase: 'teacher', startedAt: time(1002), endedAt: time(1013) },
  ]);
  expect(phasesInLog(log.slice(0, 4)).at(-1)).toMatchObject({ phase: 'teacher', endedAt: null });
});
