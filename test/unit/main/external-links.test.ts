import { describe, expect, it } from 'vitest';
import { judgeLink, openExternally } from '../../../electron/main/external-links.ts';

describe('judgeLink', () => {
  it.each([
    ['https://arxiv.org/abs/1503.02531', 'open'],
    ['https://github.com/pytorch/pytorch', 'open'],
    ['https://github.com.example.org/', 'ask'],
    ['https://example.org/', 'ask'],
    ['https://sub.github.com/', 'ask'],
    ['http://github.com/', 'refuse'],
    ['https://user@github.com/', 'refuse'],
    ['https://user:word@github.com/', 'refuse'],
    ['https://github.com:8443/', 'refuse'],
    ['https://github.com\\@example.org/', 'open'],
    ['file:///etc/passwd', 'refuse'],
    ['javascript:alert(1)', 'refuse'],
    ['data:text/html,x', 'refuse'],
    ['smb://server/share', 'refuse'],
    ['ms-msdt:/id', 'refuse'],
    ['vbscript:x', 'refuse'],
    ['//github.com', 'refuse'],
    ['C:\\Windows\\System32\\calc.exe', 'refuse'],
    ['', 'refuse'],
  ])('%s: %s', (address, verdict) => {
    expect(judgeLink(address).verdict).toBe(verdict);
  });

  it('shows the address as the browser will read it', () => {
    // A backslash begins the path: the host is what stands before it.
    expect(judgeLink('https://github.com\\@example.org/').url).toBe('https://github.com/@example.org/');
    // A Cyrillic letter in the name shows itself.
    expect(judgeLink('https://gіthub.com/')).toEqual({ verdict: 'ask', url: 'https://xn--gthub-n2e.com/' });
  });
});

describe('openExternally', () => {
  function make(answer: boolean) {
    const done: string[] = [];
    const opener = {
      open: (url: string) => Promise.resolve(void done.push(`open ${url}`)),
      confirm: (url: string) => {
        done.push(`ask ${url}`);
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
});
