import { useDebounceFn } from '@vueuse/core';
import { defineStore, storeToRefs } from 'pinia';
import { computed, ref, watch } from 'vue';
import {
  isReference,
  type PublishedWeights,
  publishedFor,
  referenced,
  type WeightsEntry,
  weightsFor,
  weightsReference,
} from '../../../electron/contract/published-weights.ts';
import type { ImageRecipe, OwnImageRecipe } from '../../../electron/contract/recipe/image.ts';
import type { ModelRecipe } from '../../../electron/contract/recipe/model.ts';
import { sameStatistics } from '../../../electron/contract/recipe/statistics.ts';
import { imageOf } from '../../../electron/contract/role-image.ts';
import { useCall } from '../../composables/use-call.ts';
import { useDraft } from '../draft.ts';
import type { TrainedRole } from '../training/use-training.ts';
import { useWeightsFit } from './weights-fit.ts';

export type Start = 'nothing' | 'imagenet' | 'file';

/** What the networks of the draft start from. A store, because a download goes on while other steps are looked at. */
export const useStartWeights = defineStore('wizard-start-weights', () => {
  const { recipe, opening } = storeToRefs(useDraft());
  const fit = useWeightsFit();
  const list = useCall((client, options) => client.weights.list({}, options));
  const fetching = useCall((client, options, name: string) => client.weights.fetch({ name }, options));
  const adding = useCall((client, options, file: string) => client.weights.add({ file }, options));

  /** Published weights with what lies of them on the engine's machine; null: not known (yet). */
  const entryOf = ({ name }: PublishedWeights): WeightsEntry | null =>
    list.data.value?.entries.find((one) => one.name === name) ?? null;

  // What is cancelled writes for a moment more.
  const listSoon = useDebounceFn(() => list.run(), 500);
  /** After a file came, or did not: what waits for it is looked at again. */
  async function arrived(coming: Promise<WeightsEntry | null>): Promise<void> {
    const entry = await coming;
    await list.run();
    if (entry === null) void listSoon();
    if (entry) for (const role of ['teacher', 'student'] as const) if (fit[role].file) fit[role].ask();
  }
  const download = (name: string): Promise<void> => arrived(fetching.run(name));
  const add = (file: string): Promise<void> => arrived(adding.run(file));

  function roleOf(role: TrainedRole) {
    const trained = () => {
      const { teacher, student } = recipe.value;
      return role === 'student' ? student : teacher.source === 'train' ? teacher : null;
    };
    /** Chosen, though no file is named yet. */
    const wantsFile = ref(false);
    /** Somebody has said what this network starts from. */
    let isDecided = false;
    const weights = computed(() => trained()?.weights ?? null);
    const published = computed(() => (weights.value === null ? null : referenced(weights.value)));
    const start = computed<Start>(() => {
      if (weights.value === null) return wantsFile.value ? 'file' : 'nothing';
      return isReference(weights.value) ? 'imagenet' : 'file';
    });
    /** What is published of the architecture, whether or not its width and stem suit it. */
    const offers = computed(() => publishedFor(trained()?.model.architecture ?? null));

    /** Where the recipe has how this network sees the images. */
    function imageField(): ImageRecipe | OwnImageRecipe {
      const { teacher, data } = recipe.value;
      return role === 'teacher' && teacher.source === 'train' ? teacher.image : data.image;
    }

    /** Takes published weights, with the stem, the width and the normalisation that they are for. */
    function take(one: PublishedWeights): void {
      const network = trained();
      if (network === null) return;
      network.weights = weightsReference(one);
      Object.assign(network.model, { width: null, stem: 'imagenet' } satisfies Partial<ModelRecipe>);
      const { mean, std } = one.image;
      Object.assign(imageField(), { mean: [...mean], std: [...std] });
    }

    /** Takes no weights; the statistics that a teacher had from published ones go with them. */
    function drop(): void {
      const { teacher } = recipe.value;
      if (role === 'teacher' && teacher.source === 'train' && published.value !== null) {
        if (sameStatistics(imageOf(recipe.value, role), published.value.image))
          Object.assign(teacher.image, { mean: null, std: null });
      }
      const network = trained();
      if (network) network.weights = null;
    }

    function choose(next: Start): void {
      const network = trained();
      const best = offers.value[0];
      if (network === null || next === start.value) return;
      isDecided = true;
      wantsFile.value = next === 'file';
      if (next === 'imagenet' && best) take(offers.value.find(isWhole) ?? best);
      else drop();
    }

    watch(opening, () => {
      wantsFile.value = false;
      isDecided = false;
    });
    /** Another architecture has other weights: those that are there are on by default, where they fit the network as it is. */
    watch(
      () => [opening.value, trained()?.model.architecture] as const,
      ([draft, architecture], [before]) => {
        const network = trained();
        if (draft !== before || network === null || architecture === undefined) return;
        const isStale = published.value !== null && published.value.architecture !== architecture;
        if (!isStale && (isDecided || network.weights !== null)) return;
        const there = weightsFor(network.model).find(isWhole);
        if (there) take(there);
        else if (isStale) drop();
      },
    );
    return { start, published, offers, weights, choose, take, imageField };
  }

  const isWhole = (one: PublishedWeights): boolean => entryOf(one)?.state === 'whole';
  const teacher = roleOf('teacher');
  const student = roleOf('student');
  return { list, fetching, adding, entryOf, isWhole, download, add, teacher, student };
});
