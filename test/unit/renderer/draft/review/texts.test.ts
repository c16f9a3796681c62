import { describe, expect, it } from 'vitest';
import { runtimeSchema } from '../../../../../electron/contract/runtime.ts';
import { datasetOf } from '../../../../../renderer/draft/data/dropped.ts';
import { newRecipe } from '../../../../../renderer/draft/draft-recipe.ts';
import { parseNumber, showNumber, stepped } from '../../../../../renderer/views/wizard/numbers.ts';
import { cliCommand } from '../../../../../renderer/draft/review/cli-command.ts';
import { plainWords } from '../../../../../renderer/draft/review/plain-words.ts';
import { sizeBeside } from '../../../../../renderer/views/wizard/student/size-beside.ts';
import { stepOf } from '../../../../../renderer/draft/steps.ts';

describe('numbers', () => {
  it.each([
    ['', null],
    [' 3e-4 ', 3e-4],
    ['0,5', 0.5],
    ['-1', -1],
    ['0,125', 0.125],
    ['12,34', 12.34],
    ['1,000', 1000],
    ['-12,345.5', -12345.5],
    ['1,000,000', 1e6],
    ['1,00,000', NaN],
    ['ten', NaN],
  ])('reads %j', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });
  it('shows nothing for what is no number', () => {
    expect([showNumber(NaN), showNumber(null), showNumber(1e-5)]).toEqual(['', '', '0.00001']);
  });
  it('steps without tails and inside the bounds', () => {
    expect(stepped(0.2, 0.1)).toBe(0.3);
    expect(stepped(1, -5, { min: 0 })).toBe(0);
  });
});

describe('cliCommand', () => {
  const parts = { recipeFile: 'recipe.json', data: '/my signs', out: '/runs', logitsFolder: null };
  it('leaves out what is the default', () => {
    expect(cliCommand({ ...parts, runtime: runtimeSchema.parse({}) })).toBe(
      "distill-studio run recipe.json --data '/my signs' --out /runs",
    );
  });
  it('says what is not', () => {
    const runtime = runtimeSchema.parse({
      backend: 'cpu',
      threads: 2,
      workers: 3,
      memory: 512,
      trace: 'off',
    });
    expect(cliCommand({ ...parts, data: null, logitsFolder: '/cache', runtime })).toBe(
      'distill-studio run recipe.json --out /runs --logits-folder /cache --backend cpu --threads 2 --workers 3 --memory 512 --trace off',
    );
  });
});

describe('datasetOf', () => {
  it.each([
    ['one zip', [{ name: 'a.zip', path: '/up/1/a.zip' }], '/up/1/a.zip'],
    ['three zips', ['a', 'b', 'c'].map((x) => ({ name: `${x}.zip`, path: `/up/1/${x}.zip` })), '/up/1'],
    ['a folder', [{ name: 'signs/0/a.png', path: '/up/1/signs/0/a.png' }], '/up/1/signs'],
    ['a folder on Windows', [{ name: 'signs/0/a.png', path: 'D:\\up\\signs\\0\\a.png' }], 'D:\\up\\signs'],
    ['nothing', [], null],
  ])('%s', (_, files, dataset) => {
    expect(datasetOf(files)).toBe(dataset);
  });
});

describe('plain words', () => {
  const facts = { classes: 43, train: 2580, validation: 1290, test: 860, unlabelled: 1200 };
  const sentencesOf = (change: (recipe: ReturnType<typeof newRecipe>) => void) => {
    const recipe = newRecipe();
    recipe.data.path = '/data/signs';
    change(recipe);
    return plainWords(recipe, facts).flatMap(({ sentences }) => sentences);
  };
  it('gives the numbers of the split', () => {
    expect(sentencesOf(() => undefined)[0]).toBe(
      'The images come from “signs”: 2,580 for training, 1,290 for validation and 860 for the test.',
    );
  });
  it('names what stays unseen', () => {
    const sentences = sentencesOf(({ data }) => (data.trainClasses = [0, 1, 2]));
    expect(sentences).toContain(
      'The student is trained on 3 classes; the other 40 stay unseen and are evaluated as such.',
    );
    expect(sentences).toContain('The teacher is trained on them too.');
  });
  it('counts those that the teacher knows', () => {
    const sentences = (taught: number[]) =>
      sentencesOf(({ data, teacher }) => {
        data.trainClasses = [0, 1, 2];
        if (teacher.source === 'train') teacher.trainClasses = taught;
      }).join(' ');
    expect(sentences([0, 1, 2, 7, 9])).toContain('The teacher is also trained on 2 of them.');
    expect(sentences([0, 1, 2])).not.toContain('of them.');
  });
  it('counts the images without labels', () => {
    const sentences = sentencesOf(({ data }) => (data.unlabelled = { paths: ['/data/more'], share: null }));
    expect(sentences).toContain(
      'The student also learns from 1,200 images without labels, by its teacher alone.',
    );
  });
  it('counts one as one', () => {
    const change = ({ data }: ReturnType<typeof newRecipe>) =>
      (data.trainClasses = Array.from({ length: 42 }, (_, id) => id));
    expect(sentencesOf(change)).toContain(
      'The student is trained on 42 classes; the other one stays unseen and is evaluated as such.',
    );
    expect(sentencesOf((recipe) => (recipe.exports = ['report'])).at(-1)).toBe(
      'Afterwards a report is written. The seed is 1.',
    );
    expect(sentencesOf((recipe) => (recipe.exports = ['report', 'csv'])).at(-1)).toContain(
      'a report and tables are written',
    );
  });
  it('shows no emptied field as NaN', () => {
    const sentences = sentencesOf((recipe) => {
      recipe.seed = NaN;
      recipe.data.image.size = NaN;
      recipe.distillation = {
        labels: { weight: NaN },
        terms: [{ method: 'soft-target', temperature: NaN, standardise: false, weight: NaN }],
      };
      for (const training of [recipe.student.training, recipe.teacher].flatMap((one) =>
        'stages' in one ? [one] : 'training' in one ? [one.training] : [],
      )) {
        training.batchSize = NaN;
        training.stages = [{ epochs: NaN, freezeTo: NaN, learningRate: NaN }];
      }
    });
    expect(sentences.join(' ')).not.toContain('NaN');
    expect(sentences).toContain('Every image is stretched to – × – pixels.');
  });
  it('names the optimiser', () => {
    const sentences = sentencesOf(({ student }) => (student.training.optimizer.weightDecay = 0.03));
    expect(
      sentences.some((one) => one.includes('a step, by AdamW (weight decay 0.03) with a learning')),
    ).toBe(true);
  });
  it('names frozen groups', () => {
    const stages = [{ epochs: 1, freezeTo: -1, learningRate: 0.1 }];
    expect(sentencesOf(({ student }) => (student.training.stages = stages))).toContain(
      'In stage 1 (1 epoch) only the last parameter group trains.',
    );
  });
  it('leaves out augmentation of strength or share 0', () => {
    const sentences = sentencesOf(({ data }) => {
      for (const one of Object.values(data.augment!)) one.p = 0;
    });
    expect(sentences).toContain('Images are not augmented.');
  });
});

describe('sizeBeside', () => {
  it.each([
    [21_300_000, 152_000, '140× larger'],
    [80_000, 184_000, '2.3× smaller'],
    [80_000, 80_000, 'the same'],
    [80_000, 81_000, 'about the same'],
  ])('%i beside %i: %s', (parameters, others, text) => expect(sizeBeside(parameters, others)).toBe(text));
});

describe('stepOf', () => {
  it.each([
    ['data.augment.flip.p', 'data'],
    ['teacher.training.stages[0].epochs', 'teacher'],
    ['student.model.width', 'student'],
    ['student.training.batchSize', 'training'],
    ['distillation.terms[0].temperature', 'training'],
    ['name', 'review'],
  ])('%s', (path, step) => {
    expect(stepOf(path)).toBe(step);
  });
});
