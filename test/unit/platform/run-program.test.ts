import { ChildProcess } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { runProgram } from '../../../electron/platform/run-program.ts';

test('a missing program that is given up at once signals nobody', async () => {
  const kill = vi.spyOn(ChildProcess.prototype, 'kill');
  try {
    const end = new AbortController();
    const missing = runProgram('no-such-program-of-ours', [], { signal: end.signal });
    end.abort(new Error('given up'));
    await expect(missing).rejects.toThrow('given up');
    expect(kill).not.toHaveBeenCalled();
    await expect(runProgram('no-such-program-of-ours', [])).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(runProgram('no-such-program-of-ours', [], { signal: end.signal })).rejects.toThrow(
      'given up',
    );
  } finally {
    kill.mockRestore();
  }
});

test('a program gives what it prints, and ends when it is given up', async () => {
  const print = ['-e', 'console.log("out"); console.error("err")'];
  expect(await runProgram(process.execPath, print)).toEqual({ stdout: 'out\n', stderr: 'err\n' });
  const end = new AbortController();
  const endless = runProgram(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { signal: end.signal });
  end.abort(new Error('given up'));
  await expect(endless).rejects.toThrow('given up');
});
