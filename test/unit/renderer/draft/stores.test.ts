import { setMaxListeners } from 'node:events';
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick } from 'vue';
import { DistillError } from '../../../../electron/contract/errors.ts';
import type { ModelRecipe } from '../../../../electron/contract/recipe/model.ts';
import {
  findPublished,
  publishedWeights,
  weightsReference,
} from '../../../../electron/contract/published-weights.ts';
import { newRecipe } from '../../../../renderer/draft/draft-recipe.ts';

/** The engine that the stores ask: each test says what it answers. */
const answers = new Map<string, (input: unknown) => unknown>();
const fakeEngine = vi.hoisted((): { client: unknown } => ({ client: null }));
vi.mock('../../../../renderer/client/engine.ts', async () => {
  const { ref } = await import('vue');
  return { engine: { generation: ref(0), client: () => Promise.resolve(fakeEngine.client) } };
});
const settings = { runsFolder: '/runs', logitsFolder: '/answers', runtime: {} };
vi.mock('../../../../renderer/stores/settings.ts', () => ({
  useSettings: () => ({
    settings: null,
    load: () => Promise.resolve(settings),
    save: () => Promise.resolve(settings),
  }),
}));
const stubbed = new EventTarget();
// Each test's draft listens.
setMaxListeners(20, stubbed);
vi.stubGlobal('window', stubbed);

const service = (name: string) =>
  new Proxy(
    {},
    {
      get: (_, method: string) => async (input: unknown) =>
        Promise.resolve(answers.get(`${name}.${method}`)?.(input) ?? null),
    },
  );
fakeEngine.client = new Proxy(
  {},
  { get: (_, name: string) => (name === 'then' ? undefined : service(name)) },
);

const { useDraft } = await import('../../../../renderer/draft/draft.ts');
const { useDataset } = await import('../../../../renderer/draft/dataset.ts');
const { useStarting } = await import('../../../../renderer/draft/review/starting.ts');
const { useWeightsFit } = await import('../../../../renderer/draft/models/weights-fit.ts');
const { useFindings } = await import('../../../../renderer/draft/review/use-findings.ts');
const { useStartWeights } = await import('../../../../renderer/draft/models/start-weights.ts');
const { useFoundRates } = await import('../../../../renderer/draft/training/found-rates.ts');

function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

const curve = {
  learningRates: [1e-3, 1e-2],
  losses: [2, 1],
  suggestions: { valley: 1e-3, steep: null, minimum: null },
};

beforeEach(() => {
  setActivePinia(createPinia());
  answers.clear();
  answers.set('recipes.presets', () => []);
  answers.set('recipes.saveDraft', () => ({ id: 'a', updatedAt: '2026-01-01T00:00:00.000Z' }));
});

describe('starting a run', () => {
  const begin = () => {
    const draft = useDraft();
    draft.recipe.data.path = '/signs';
    const started = later<{ folder: string }>();
    answers.set('runs.start', () => started.promise);
    return { draft, started, outcome: useStarting().start() };
  };

  it("ends the draft's work where it is still the same", async () => {
    const { started, outcome } = begin();
    started.resolve({ folder: '/runs/one' });
    expect(await outcome).toMatchObject({ folder: '/runs/one' });
    expect((await outcome)!.isDone()).toBe(true);
  });
  it('starts a sweep where several values are tried, and the draft keeps them', async () => {
    const draft = useDraft();
    draft.recipe.data.path = '/signs';
    draft.tries['distillation.terms[0].temperature'] = [2, 8];
    const saved: unknown[] = [];
    answers.set('recipes.saveDraft', (input) => {
      saved.push(input);
      return { id: 'a', updatedAt: '2026-01-01T00:00:00.000Z' };
    });
    await draft.begin(draft.recipe, { changed: true });
    expect(draft.tries).toEqual({});
    const tries = { 'distillation.terms[0].temperature': [2, 8], seed: [1, 2] };
    await draft.open({
      id: 'b',
      updatedAt: '2026-01-01T00:00:00.000Z',
      recipe: draft.recipe,
      tries,
      data: null,
      step: 'review',
    });
    let asked: unknown = null;
    answers.set('sweeps.start', (input) => {
      asked = input;
      return { folder: '/runs/sweep' };
    });
    expect(await useStarting().start()).toMatchObject({ folder: '/runs/sweep', isSweep: true });
    expect(asked).toMatchObject({
      data: '/signs',
      out: '/runs',
      sweep: { axes: [{ values: [2, 8] }], seeds: [1, 2] },
    });
    draft.tries['seed'] = [1, 2, 3];
    await draft.flush();
    expect(saved.at(-1)).toMatchObject({ id: 'b', tries: { seed: [1, 2, 3] } });
  });
  it('leaves a draft alone that was opened meanwhile', async () => {
    const { draft, started, outcome } = begin();
    await draft.begin(draft.recipe, { changed: true });
    started.resolve({ folder: '/runs/one' });
    expect((await outcome)!.isDone()).toBe(false);
  });
  it('leaves the draft alone where it was changed meanwhile', async () => {
    const { draft, started, outcome } = begin();
    draft.recipe.student.training.batchSize = 8;
    started.resolve({ folder: '/runs/one' });
    expect((await outcome)!.isDone()).toBe(false);
  });
});

describe("a draft's name", () => {
  const begun = () => {
    const draft = useDraft();
    useDataset();
    draft.recipe.data.path = '/data/Katzen & Hunde';
    return draft;
  };

  it("is its dataset's, and changes with it", () => {
    const draft = begun();
    expect(draft.recipe.name).toBe('Katzen & Hunde');
    draft.recipe.data.path = '/data/street signs.zip';
    expect(draft.recipe.name).toBe('street signs');
    draft.recipe.data.path = null;
    expect(draft.recipe.name).toBe(newRecipe().name);
  });
  it('stays as it is once somebody has given one', () => {
    const draft = begun();
    draft.recipe.name = 'My first';
    draft.recipe.data.path = '/data/signs';
    expect(draft.recipe.name).toBe('My first');
  });
  it('of another draft that is opened is left alone, even where it is called after a dataset', async () => {
    const draft = begun();
    const recipe = { ...newRecipe(), name: 'Katzen & Hunde' };
    recipe.data.path = '/data/signs';
    const updatedAt = '2026-01-01T00:00:00.000Z';
    await draft.open({ id: 'b', recipe, tries: {}, data: recipe.data.path, step: 'data', updatedAt });
    expect(draft.recipe).toMatchObject({ name: 'Katzen & Hunde', data: { path: '/data/signs' } });
    draft.recipe.data.path = '/data/others';
    expect(draft.recipe.name).toBe('Katzen & Hunde');
  });
});

describe('what a network starts from', () => {
  const reference = (architecture: string) => weightsReference(findPublished(architecture)!);
  /** With the files of these architectures on the engine's machine. */
  async function begun(...there: string[]) {
    const state = (architecture: string) => (there.includes(architecture) ? 'whole' : 'missing');
    answers.set('weights.list', () => ({
      folder: '/weights',
      entries: publishedWeights.map((one) => ({ ...one, state: state(one.architecture) })),
    }));
    const draft = useDraft();
    const store = useStartWeights();
    await store.list.run();
    return { draft, store };
  }

  it('is ImageNet by choice, with the stem, width and normalisation that the weights are for', async () => {
    const { draft, store } = await begun();
    expect(store.student.offers).toEqual([]);
    draft.recipe.student.model.architecture = 'resnet50';
    draft.recipe.data.image.mean = [0.5, 0.5, 0.5];
    await nextTick();
    expect([store.student.start, store.student.offers.map(({ name }) => name)]).toEqual([
      'nothing',
      ['ResNet50_Weights.IMAGENET1K_V2', 'ResNet50_Weights.IMAGENET1K_V1'],
    ]);
    store.student.choose('imagenet');
    expect(draft.recipe.student).toMatchObject({
      weights: 'torchvision:ResNet50_Weights.IMAGENET1K_V2',
      model: { architecture: 'resnet50', width: null, stem: 'imagenet' },
    });
    expect(draft.recipe.data.image.mean).toEqual([0.485, 0.456, 0.406]);
    // A teacher's are its own, and go with its weights.
    draft.recipe.data.image.mean = [0.5, 0.5, 0.5];
    const { teacher } = draft.recipe;
    if (teacher.source !== 'train') throw new Error('A new recipe trains its teacher.');
    teacher.model.architecture = 'resnet34';
    await nextTick();
    store.teacher.choose('imagenet');
    expect([draft.recipe.data.image.mean, teacher.image]).toEqual([
      [0.5, 0.5, 0.5],
      { size: null, resize: null, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    ]);
    store.teacher.choose('nothing');
    expect([teacher.image.mean, teacher.image.std]).toEqual([null, null]);
    expect([store.student.start, store.teacher.start]).toEqual(['imagenet', 'nothing']);
    store.student.choose('file');
    expect([store.student.start, draft.recipe.student.weights]).toEqual(['file', null]);
    store.student.choose('nothing');
    expect([store.student.start, draft.recipe.student.weights]).toEqual(['nothing', null]);
  });

  it('is on by default where the file is there and fits the network as it is, until somebody decides', async () => {
    const { draft, store } = await begun('resnet18', 'mobilenet_v2');
    const { student } = draft.recipe;
    student.model.architecture = 'resnet18';
    await nextTick();
    expect(student.weights).toBeNull();
    Object.assign(student.model, { architecture: 'resnet34', stem: 'imagenet', width: null });
    await nextTick();
    expect(student.weights).toBeNull();
    student.model.architecture = 'resnet18';
    await nextTick();
    expect(student.weights).toBe(reference('resnet18'));
    student.model.architecture = 'mobilenet_v2';
    await nextTick();
    expect(student.weights).toBe(reference('mobilenet_v2'));
    // Weights of another network than the chosen one are let go of.
    student.model.architecture = 'resnet34';
    await nextTick();
    expect(student.weights).toBeNull();
    store.student.choose('imagenet');
    store.student.choose('nothing');
    student.model.architecture = 'resnet18';
    await nextTick();
    expect(student.weights).toBeNull();
  });

  it('can be downloaded, and is known to be here then', async () => {
    const { draft, store } = await begun();
    draft.recipe.student.model.architecture = 'resnet18';
    store.student.choose('imagenet');
    expect(store.isWhole(store.student.published!)).toBe(false);
    answers.set('weights.fetch', () => ({ name: store.student.published!.name }));
    await begun('resnet18');
    await store.download(store.student.published!.name);
    expect(store.isWhole(store.student.published!)).toBe(true);

    answers.set('weights.add', () => {
      throw new DistillError('WEIGHTS_MISMATCH', 'It is another file.', 'Take the right one.');
    });
    await store.add('/stick/other.pth');
    expect(store.adding.error).toMatchObject({ code: 'WEIGHTS_MISMATCH' });
  });
});

describe("the review's findings", () => {
  it('name a student that is larger than its teacher as long as it is', async () => {
    const sizes: Partial<Record<ModelRecipe['architecture'], number>> = { resnet18: 900, resnet34: 2100 };
    answers.set('models.describe', (input) => {
      const { model } = input as { model: ModelRecipe };
      return { parameters: sizes[model.architecture] ?? 5 };
    });
    const { recipe } = useDraft();
    if (recipe.teacher.source === 'train') recipe.teacher.model.architecture = 'resnet18';
    recipe.student.model.architecture = 'resnet34';
    const scope = effectScope();
    const findings = scope.run(() => useFindings())!;
    await vi.waitFor(() =>
      expect(findings.value).toMatchObject([{ code: 'student-larger', field: 'student.model.architecture' }]),
    );
    expect(findings.value[0]!.message).toContain('2,100 parameters against 900');

    recipe.student.model.architecture = 'cifar_resnet8';
    await vi.waitFor(() => expect(findings.value).toEqual([]));
    scope.stop();
  });
});

describe('reading a dataset', () => {
  it('can be taken up again after it was cancelled', async () => {
    const draft = useDraft();
    const dataset = useDataset();
    draft.recipe.data.path = '/signs';
    const read = later<unknown>();
    answers.set('dataset.inspect', () => read.promise);
    void dataset.inspect();
    await nextTick();
    expect([dataset.inspection.pending, dataset.isUnread]).toEqual([true, false]);
    dataset.inspection.cancel();
    expect([dataset.inspection.pending, dataset.isUnread]).toEqual([false, true]);

    answers.set('dataset.inspect', () => {
      throw new DistillError('NOT_FOUND', 'It is gone.', 'Look for it.');
    });
    await dataset.inspect();
    expect(dataset.inspection.error?.code).toBe('NOT_FOUND');
    expect(dataset.isUnread).toBe(false);
  });
});

describe('a search for a learning rate', () => {
  it('keeps its curve, which another rate leaves valid and another batch outdates', async () => {
    const draft = useDraft();
    const rates = useFoundRates();
    answers.set('training.findLearningRate', () => curve);
    await rates.student.find(newRecipe());
    expect(rates.student.found?.curve).toEqual(curve);
    expect(rates.teacher.found).toBeNull();
    draft.recipe.student.training.stages[0]!.learningRate = 0.5;
    expect(rates.student.isOutdated).toBe(false);
    draft.recipe.student.training.batchSize = 8;
    expect(rates.student.isOutdated).toBe(true);
    await draft.begin();
    expect(rates.student.found).toBeNull();
  });
});

describe('how a weights file fits', () => {
  const match = (matched: number) => ({
    matched,
    missing: ['fc.weight'],
    mismatched: [],
    unexpected: [],
    fit: matched > 0 ? 'whole' : 'little',
    ignored: [],
    classNames: null,
  });
  it('is forgotten with the file, and keeps a run from being started where it does not', async () => {
    const draft = useDraft();
    const dataset = useDataset();
    draft.recipe.data.path = '/signs';
    answers.set('dataset.inspect', () => ({ classes: [{}, {}] }));
    await dataset.inspect();
    const weights = useWeightsFit();
    const { student } = weights;
    draft.recipe.student.weights = '/good.pth';
    answers.set('models.matchWeights', () => match(40));
    student.ask();
    await vi.waitFor(() => expect(student.verdict?.color).toBe('success'));
    expect(weights.problems).toEqual([]);

    draft.recipe.student.weights = '/other.pth';
    expect(student.verdict).toBeNull();
    answers.set('models.matchWeights', () => match(0));
    student.ask();
    await vi.waitFor(() => expect(student.verdict?.color).toBe('error'));
    expect(weights.problems).toEqual([
      { path: 'student.weights', message: 'The file does not fit the network.' },
    ]);
    expect(useStarting().isReady).toBe(false);
    draft.recipe.student.weights = null;
    expect(useStarting().isReady).toBe(true);
  });
});
