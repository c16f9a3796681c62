import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { glossary } from '../../../../renderer/help/glossary.ts';
import { anchorOf, firstSteps, screenTexts, troubles } from '../../../../renderer/help/page.ts';

const terms = glossary.map(({ term }) => term);

it('the glossary has the words that the screens use, in alphabetical order, each once', () => {
  const all = terms.join(' | ').toLowerCase();
  const used =
    'teacher, student, baseline, logits, temperature, soft targets, epoch, batch size, learning rate, one-cycle, freeze, stage, ' +
    'parameter group, validation, test images, accuracy, f1, calibration, top-5, confusion matrix, mask, unseen, test-time augmentation, ' +
    'checkpoint, multiply-adds, latency, track, leak';
  for (const word of used.split(', ')) expect(all, word).toContain(word);
  expect(terms).toEqual([...terms].sort((a, b) => a.localeCompare(b, 'en')));
  expect(new Set(terms.map(anchorOf)).size).toBe(terms.length);
});

it('every text is of whole sentences', () => {
  for (const { text } of [...glossary, ...firstSteps, ...screenTexts, ...troubles])
    expect(text).toMatch(/^[A-Z].*\.$/);
});

it('docs/glossary.md has the same words', () => {
  const entries = glossary.map(({ term, text }) => `**${term}**: ${text}`);
  const written = readFileSync('docs/glossary.md', 'utf8').trim().split('\n\n');
  expect(written.slice(2)).toEqual(entries);
});
