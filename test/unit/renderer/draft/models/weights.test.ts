import { describe, expect, it } from 'vitest';
import type { WeightsMatch } from '../../../../../electron/contract/weights.ts';
import type { ModelRecipe } from '../../../../../electron/contract/recipe/model.ts';
import {
  changesOf,
  fittedTo,
  networkSentence,
} from '../../../../../renderer/draft/models/weights-network.ts';
import { weightsVerdict } from '../../../../../renderer/draft/models/weights-verdict.ts';

describe('weightsVerdict', () => {
  const match = (parts: Partial<WeightsMatch>): WeightsMatch => ({
    file: '/w.safetensors',
    format: 'safetensors',
    tensors: 42,
    matched: 42,
    missing: [],
    unexpected: [],
    mismatched: [],
    ignored: [],
    fit: 'whole',
    classNames: null,
    ...parts,
  });
  const head = { name: 'fc.weight', file: [1000, 64], network: [43, 64] };
  const verdicts = (parts: Partial<WeightsMatch>) =>
    (['start', 'teacher'] as const).map((use) => weightsVerdict(match(parts), use).color);

  it("is the run's: a teacher must fit whole, a start in most of its tensors", () => {
    expect(verdicts({ fit: 'whole' })).toEqual(['success', 'success']);
    expect(verdicts({ matched: 40, mismatched: [head], fit: 'body' })).toEqual(['success', 'error']);
    expect(verdicts({ matched: 30, missing: ['conv1.weight'], fit: 'part' })).toEqual(['warning', 'error']);
    expect(verdicts({ matched: 1, missing: ['conv1.weight'], fit: 'little' })).toEqual(['error', 'error']);
    // A smaller network, all of whose layers the file has, is no teacher.
    expect(verdicts({ unexpected: ['layer1.2.conv1.weight'], fit: 'part' })).toEqual(['warning', 'error']);
  });
  it('states how much fits', () => {
    const { text } = weightsVerdict(match({ matched: 41, mismatched: [head], fit: 'body' }), 'start');
    expect(text).toContain("41 of the network's 42 tensors");
  });
});

describe('the network of a weights file', () => {
  const model = { architecture: 'resnet18', width: 16, stem: 'small-stride2', head: 'linear' } as const;
  const network = {
    model: { architecture: 'resnet34', width: null, stem: 'small', head: 'fastai' },
    classes: 43,
    stems: ['small', 'small-stride2'],
  } as const satisfies { model: ModelRecipe; classes: number; stems: readonly ModelRecipe['stem'][] };
  const found = { ...network, stems: [...network.stems] };

  it('is taken but for what the shapes do not show', () => {
    // Strides leave no trace: the stem that is set stays where it is possible.
    expect(fittedTo(model, found, 'teacher')).toEqual({ ...found.model, stem: 'small-stride2' });
    expect(fittedTo({ ...model, stem: 'imagenet' }, found, 'teacher').stem).toBe('small');
    // A start takes the body; the head is the recipe's.
    expect(fittedTo(model, found, 'start').head).toBe('linear');
    expect(fittedTo(model, { ...found, classes: null }, 'teacher').head).toBe('linear');
  });
  it('is described with what changes', () => {
    expect(changesOf(model, fittedTo(model, found, 'teacher'))).toEqual([
      'Architecture: ResNet-34 (was ResNet-18)',
      "Width: the architecture's own (was 16)",
      "Head: fastai's two layers with dropout (was One linear layer)",
    ]);
    expect(networkSentence(found, 43)).toContain('ResNet-34');
    expect(networkSentence(found, 43)).toContain('43 classes, as many as the dataset has.');
    expect(networkSentence(found, 10)).toContain('43 classes; the dataset has 10.');
  });
});
