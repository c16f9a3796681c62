import { describe, expect, it } from 'vitest';
import type { FolderEntry } from '../../../../electron/contract/host.ts';
import { beginning, inTheWay, savePath, shownEntries } from '../../../../renderer/components/picking.ts';

const entry = (name: string, kind: FolderEntry['kind'] = 'file'): FolderEntry => ({
  ...{ name, kind, path: `/data/${name}` },
  bytes: kind === 'file' ? 1 : null,
});
const entries = [entry('signs', 'folder'), entry('signs.ZIP'), entry('labels.csv'), entry('notes.txt')];
const endings = ['zip', 'csv'];

describe('what a picker lists', () => {
  it.each([
    ['folder', ['signs']],
    ['dataset', ['signs', 'signs.ZIP', 'labels.csv']],
    ['file', ['signs', 'signs.ZIP', 'labels.csv']],
  ] as const)('%s', (kind, names) => {
    expect(shownEntries(entries, { kind, extensions: endings }).map(({ name }) => name)).toEqual(names);
  });
  it('lists every file where none are asked for', () => {
    expect(shownEntries(entries, { kind: 'file' })).toEqual(entries);
  });
});

describe('where a picker begins', () => {
  it.each([
    ['dataset', '/data/signs', { folder: '/data/signs', name: '' }],
    ['dataset', '/data/signs.zip', { folder: '/data', name: '' }],
    ['folder', '/data/signs.zip', { folder: '/data/signs.zip', name: '' }],
    ['file', 'C:\\data\\a.csv', { folder: 'C:\\data', name: '' }],
    ['save', '/data/new.distill', { folder: '/data', name: 'new.distill' }],
    ['save', undefined, { folder: '', name: '' }],
  ] as const)('%s at %s', (kind, startAt, found) => {
    expect(beginning({ kind, extensions: endings, ...(startAt && { startAt }) })).toEqual(found);
  });
});

describe('saving', () => {
  it('gives a name without ending the usual one, and asks for a place and a name', () => {
    const recipes = ['distill', 'json'];
    expect(savePath('/data', 'signs', recipes)).toBe('/data/signs.distill');
    expect(savePath('/data/', 'signs.json', recipes)).toBe('/data/signs.json');
    expect(savePath('/data', 'v1.5')).toBe('/data/v1.5');
    expect([savePath('', 'a', recipes), savePath('/data', ' ', recipes)]).toEqual([null, null]);
  });
  it('finds what would be written over, in capitals or not', () => {
    expect(inTheWay(entries, '/data/Labels.csv')?.name).toBe('labels.csv');
    expect(inTheWay(entries, '/data/labels.csv.distill')).toBeNull();
  });
});
