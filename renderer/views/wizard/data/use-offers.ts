import { computed, onMounted, shallowRef } from 'vue';
import type { DiskSpace } from '../../../../electron/contract/library.ts';
import { useCall } from '../../../composables/use-call.ts';
import { useSettings } from '../../../stores/settings.ts';

/** Bytes of GTSRB's three archives. */
const gtsrbBytes = 365_352_996;

/** Datasets that the program can get by itself, in the settings' data folder. */
export function useOffers() {
  const settings = useSettings();
  const disk = shallowRef<DiskSpace | null>(null);
  const sample = useCall((client, options, folder: string) => client.dataset.sample({ folder }, options));
  const download = useCall((client, options, folder: string) =>
    client.dataset.downloadGtsrb({ folder }, options),
  );
  const space = useCall((client, options, folder: string) => client.system.disk({ folder }, options));

  const below = async (name: string): Promise<string> => {
    const { dataFolder } = await settings.load();
    return `${dataFolder.replace(/[\\/]$/, '')}/${name}`;
  };
  const canDownload = computed(() => disk.value === null || disk.value.freeBytes > gtsrbBytes);

  /** The folder with the sample; null where it failed. One that was drawn earlier is taken as it is. */
  async function drawSample(): Promise<string | null> {
    const folder = await below('sample');
    if (await sample.run(folder)) return folder;
    if (sample.error.value?.code !== 'INVALID_INPUT' || !sample.error.value.message.includes('is not empty'))
      return null;
    sample.error.value = null;
    return folder;
  }

  /** The folder with GTSRB; null where it failed. Goes on where an earlier download was cut off. */
  async function downloadGtsrb(): Promise<string | null> {
    const got = await download.run(await below('GTSRB'));
    return got?.folder ?? null;
  }

  onMounted(async () => {
    const loaded = await settings.load().catch(() => null);
    if (loaded) disk.value = await space.run(loaded.dataFolder);
  });

  return { sample, download, disk, canDownload, gtsrbBytes, drawSample, downloadGtsrb };
}
