import { useDebounceFn } from '@vueuse/core';
import { shallowRef, watch } from 'vue';
import { drawnSample } from '../../../electron/contract/sample.ts';
import type { DownloadState } from '../../../electron/contract/storage.ts';
import { useCall } from '../../composables/use-call.ts';
import { useSettings } from '../../stores/settings.ts';

/** Datasets that the program can get by itself, in the settings' data folder. */
export function useOffers() {
  const settings = useSettings();
  /** null: not known (yet). */
  const gtsrb = shallowRef<DownloadState | null>(null);
  const sample = useCall((client, options, folder: string) => client.dataset.sample({ folder }, options));
  const download = useCall((client, options, folder: string) =>
    client.dataset.downloadGtsrb({ folder }, options),
  );
  const state = useCall((client, options, folder: string) => client.dataset.gtsrbState({ folder }, options));

  const below = async (name: string): Promise<string> => {
    const { dataFolder } = await settings.load();
    return `${dataFolder.replace(/[\\/]$/, '')}/${name}`;
  };

  /** The folder with the sample; null where it failed. One that was drawn earlier is taken as it is. */
  async function drawSample(): Promise<string | null> {
    const folder = await below(drawnSample.folder);
    if (await sample.run(folder)) return folder;
    if (sample.error.value?.code !== 'FOLDER_NOT_EMPTY') return null;
    sample.error.value = null;
    return folder;
  }

  /** The folder with GTSRB; null where it failed. Goes on where an earlier download was cut off. */
  async function downloadGtsrb(): Promise<string | null> {
    const got = await download.run(await below('GTSRB'));
    return got?.folder ?? null;
  }

  /** How far a download came, and whether the rest has room. */
  async function look(): Promise<void> {
    const folder = await below('GTSRB').catch(() => null);
    if (folder !== null) gtsrb.value = (await state.run(folder)) ?? gtsrb.value;
  }
  // What is cancelled writes for a moment more.
  const lookSoon = useDebounceFn(look, 500);
  watch(download.pending, (isPending) => isPending || void lookSoon());

  return { sample, download, gtsrb, look, drawSample, downloadGtsrb };
}
