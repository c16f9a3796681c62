import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { links } from '../../../electron/contract/links.ts';
import type { Question } from '../../../electron/main/confirm.ts';
import { checkLink, linkOpener, openExternally } from '../../../electron/main/external-links.ts';

describe('checkLink', () => {
  it.each([
    ['https://arxiv.org/abs/1503.02531', 'open'],
    ['https://onnxruntime.ai/docs', 'open'],
    ['https://arxiv.org.example.org/', 'ask'],
    ['https://example.org/', 'ask'],
    ['https://sub.arxiv.org/', 'ask'],
    ['http://arxiv.org/', 'refuse'],
    ['https://user@arxiv.org/', 'refuse'],
    ['https://user:word@arxiv.org/', 'refuse'],
    ['https://arxiv.org:8443/', 'refuse'],
    ['https://arxiv.org\\@example.org/', 'open'],
    ['file:///etc/passwd', 'refuse'],
    ['javascript:alert(1)', 'refuse'],
    ['data:text/html,x', 'refuse'],
    ['smb://server/share', 'refuse'],
    ['ms-msdt:/id', 'refuse'],
    ['vbscript:x', 'refuse'],
    ['//arxiv.org', 'refuse'],
    ['C:\\Windows\\System32\\calc.exe', 'refuse'],
    ['', 'refuse'],
  ])('%s: %s', (address, verdict) => {
    expect(checkLink(address).verdict).toBe(verdict);
  });

  it('shows the address as the browser will read it', () => {
    // A backslash begins the path: the host is what stands before it.
    expect(checkLink('https://arxiv.org\\@example.org/').url).toBe('https://arxiv.org/@example.org/');
    // A Cyrillic letter in the name shows itself.
    expect(checkLink('https://arхiv.org/')).toEqual({ verdict: 'ask', url: 'https://xn--ariv-66d.org/' });
  });
});

it('every page that the window links to is a known one, and no other is written in it', async () => {
  const folder = path.resolve('renderer');
  const files = (await readdir(folder, { recursive: true })).filter((file) => /\.(vue|ts|html)$/.test(file));
  expect(files.length).toBeGreaterThan(100);
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  expect(texts.flatMap((text) => text.match(/https:\/\/[^\s'"`]+/g) ?? [])).toEqual([]);
  for (const link of Object.values(links)) expect(checkLink(link)).toEqual({ verdict: 'open', url: link });
});

describe('openExternally', () => {
  function make(answer: boolean) {
    const done: string[] = [];
    const opener = {
      open: (url: string) => Promise.resolve(void done.push(`open ${url}`)),
      ask: ({ detail }: Question) => {
        done.push(`ask ${detail}`);
        return Promise.resolve(answer);
      },
      log: (message: string) => void done.push(message),
    };
    return { opener, done };
  }

  it('asks for unknown hosts only', async () => {
    const { opener, done } = make(true);
    expect(await openExternally('https://arxiv.org/', opener)).toBe(true);
    expect(await openExternally('https://example.org/a', opener)).toBe(true);
    expect(done).toEqual([
      'open https://arxiv.org/',
      'ask https://example.org/a',
      'open https://example.org/a',
    ]);
  });

  it('opens nothing that was declined or refused', async () => {
    const { opener, done } = make(false);
    expect(await openExternally('https://example.org/a', opener)).toBe(false);
    expect(await openExternally('file:///etc/passwd', opener)).toBe(false);
    expect(done.filter((each) => each.startsWith('open'))).toEqual([]);
  });

  it('logs what failed where nobody waits for it', async () => {
    const { opener, done } = make(true);
    linkOpener({ ...opener, open: () => Promise.reject(new Error('no browser')) })('https://arxiv.org/');
    await vi.waitFor(() => expect(done).toEqual(['The address https://arxiv.org/ could not be opened']));
  });
});
