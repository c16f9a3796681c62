import { watchDebounced } from '@vueuse/core';
import { defineStore, storeToRefs } from 'pinia';
import { computed, ref } from 'vue';
import type { Recipe } from '../../../electron/contract/recipe.ts';
import { type ModelRecipe, modelSchema } from '../../../electron/contract/recipe/model.ts';
import { useCall } from '../../composables/use-call.ts';
import { useDraft } from '../draft.ts';
import { useDataset } from '../dataset.ts';
import { cloneOf } from '../draft-recipe.ts';
import { fittedTo, networkSentence } from './weights-network.ts';
import { type WeightsUse, weightsVerdict } from './weights-verdict.ts';

interface NamedWeights {
  /** The recipe's field that names the file. */
  path: string;
  file: string;
  model: ModelRecipe;
  use: WeightsUse;
}

function teachersWeights({ teacher }: Recipe): NamedWeights | null {
  if (teacher.source === 'weights' && teacher.path !== '')
    return { path: 'teacher.path', file: teacher.path, model: teacher.model, use: 'teacher' };
  if (teacher.source === 'train' && teacher.weights !== null)
    return { path: 'teacher.weights', file: teacher.weights, model: teacher.model, use: 'start' };
  return null;
}

const studentsWeights = ({ student: { weights, model } }: Recipe): NamedWeights | null =>
  weights === null ? null : { path: 'student.weights', file: weights, model, use: 'start' };

/** How the weights files that the draft names fit its networks. A store, because what does not fit keeps a run from being started. */
export const useWeightsFit = defineStore('wizard-weights-fit', () => {
  const { recipe } = storeToRefs(useDraft());
  const dataset = useDataset();

  function fitOf(named: () => NamedWeights | null) {
    const match = useCall((client, options, input: Parameters<typeof client.models.matchWeights>[0]) =>
      client.models.matchWeights(input, options),
    );
    /** null: there is no file, or the classes are not known yet. */
    const input = computed(() => {
      const weights = named();
      const classes = dataset.report?.classes.length ?? 0;
      if (weights === null || classes < 2) return null;
      const parsed = modelSchema.safeParse(cloneOf(weights.model));
      return parsed.success ? JSON.stringify({ file: weights.file, model: parsed.data, classes }) : null;
    });
    /** What `match` is of. */
    const asked = ref<string | null>(null);
    function ask(): void {
      match.cancel();
      match.data.value = null;
      match.error.value = null;
      asked.value = input.value;
      if (input.value !== null) void match.run(JSON.parse(input.value) as Parameters<typeof match.run>[0]);
    }
    watchDebounced(input, (now) => now !== asked.value && ask(), { debounce: 300, immediate: true });
    const file = computed(() => named()?.file ?? null);
    const identity = useCall((client, options, path: string) =>
      client.models.identifyWeights({ file: path }, options),
    );
    watchDebounced(file, (now) => (now === null ? identity.cancel() : void identity.run(now)), {
      debounce: 300,
      immediate: true,
    });
    /** The network that the file is of; null: not known (yet). */
    const network = computed(() => {
      const found = identity.data.value;
      return found !== null && found.file === file.value ? found.network : null;
    });
    const networkText = computed(
      () => network.value && networkSentence(network.value, dataset.report?.classes.length ?? null),
    );
    /** The draft's network, what it would be by the file, and the way to make it so; null: not known, or the same. */
    const fitted = computed(() => {
      const weights = named();
      if (weights === null || network.value === null) return null;
      const before = cloneOf(weights.model);
      const after = fittedTo(before, network.value, weights.use);
      const isSame =
        JSON.stringify(Object.entries(before).sort()) === JSON.stringify(Object.entries(after).sort());
      return isSame ? null : { before, after, apply: () => void Object.assign(named()!.model, after) };
    });
    const isCurrent = computed(() => input.value !== null && asked.value === input.value);
    const found = computed(() => (isCurrent.value ? match.data.value : null));
    const error = computed(() => (isCurrent.value ? match.error.value : null));
    const verdict = computed(() => {
      const weights = named();
      return found.value && weights ? weightsVerdict(found.value, weights.use) : null;
    });
    /** Why no run can be started with the file, by its field; null: nothing is known against it. */
    const problem = computed(() => {
      const weights = named();
      if (weights === null) return null;
      const { path } = weights;
      // Trying again may help, for example where the engine was gone.
      if (error.value) return error.value.retryable ? null : { path, message: 'The file cannot be used.' };
      return verdict.value?.color === 'error'
        ? { path, message: 'The file does not fit the network.' }
        : null;
    });
    return { match, input, found, error, verdict, problem, ask, file, network, networkText, fitted };
  }

  const teacher = fitOf(() => teachersWeights(recipe.value));
  const student = fitOf(() => studentsWeights(recipe.value));
  const problems = computed(() =>
    [teacher.problem.value, student.problem.value].filter((one) => one !== null),
  );
  return { teacher, student, problems };
});
