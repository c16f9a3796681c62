import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Reports, type PrintWindow } from '../../../electron/main/reports.ts';

let folder: string;
let runs: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'distill-reports-'));
  runs = path.join(folder, 'runs');
  await mkdir(runs);
  await writeFile(path.join(runs, 'a & b-report.html'), '<h1>a</h1>');
  await writeFile(path.join(runs, 'program.sh'), '#!/bin/sh');
  await writeFile(path.join(folder, 'elsewhere.html'), '<h1>b</h1>');
  await symlink(path.join(folder, 'elsewhere.html'), path.join(runs, 'link.html'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function make({ fault = '', fails = false } = {}) {
  const done: string[] = [];
  const window: PrintWindow = {
    loadURL: (url) => Promise.resolve(void done.push(`load ${url}`)),
    destroy: () => void done.push('destroy'),
    webContents: {
      printToPDF: ({ pageSize }) => {
        done.push(`print ${pageSize}`);
        return fails ? Promise.reject(new Error('no printer')) : Promise.resolve(Buffer.from('%PDF-1.7'));
      },
    },
  };
  const reports = new Reports({
    roots: () => Promise.resolve([runs]),
    openPath(file) {
      done.push(`open ${file}`);
      return Promise.resolve(fault);
    },
    createPrintWindow() {
      done.push('window');
      return window;
    },
  });
  return { reports, done };
}
const report = () => path.join(runs, 'a & b-report.html');

describe('reports', () => {
  it("are opened by the system's program for them", async () => {
    const { reports, done } = make();
    await reports.open(report());
    expect(done).toEqual([`open ${report()}`]);
    await expect(make({ fault: 'no browser' }).reports.open(report())).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'The report could not be opened (no browser).',
    });
  });

  it('are printed beside themselves, loaded as any window reads them', async () => {
    const { reports, done } = make();
    const pdf = path.join(runs, 'a & b-report.pdf');
    expect(await reports.print(report())).toBe(pdf);
    expect(await readFile(pdf, 'latin1')).toBe('%PDF-1.7');
    const url = new URL(done[1]!.slice('load '.length));
    expect([url.protocol, url.host, url.pathname, url.searchParams.get('path')]).toEqual([
      'app:',
      'studio',
      '/api/file',
      report(),
    ]);
    expect(done.filter((_, i) => i !== 1)).toEqual(['window', 'print A4', 'destroy']);
  });

  it('leave nothing behind where printing fails', async () => {
    const { reports, done } = make({ fails: true });
    await expect(reports.print(report())).rejects.toThrow('no printer');
    expect(done.at(-1)).toBe('destroy');
    expect((await readdir(runs)).filter((name) => /pdf|part/.test(name))).toEqual([]);
  });

  it.each([
    ['a program', 'program.sh', 'INVALID_INPUT'],
    ['a file elsewhere', '../elsewhere.html', 'NOT_WRITABLE'],
    ['a link to elsewhere', 'link.html', 'NOT_WRITABLE'],
    ['what is not there', 'none.html', 'NOT_FOUND'],
  ])('are not %s', async (_what, name, code) => {
    const { reports, done } = make();
    const file = path.join(runs, name);
    await expect(reports.open(file)).rejects.toMatchObject({ code });
    await expect(reports.print(file)).rejects.toMatchObject({ code });
    expect(done).toEqual([]);
  });
});
