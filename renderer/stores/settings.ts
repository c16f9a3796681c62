import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Settings } from '../../electron/contract/settings.ts';
import type { Client } from '../../electron/contract/services.ts';
import { engine } from '../client/engine.ts';
import { theme } from '../composables/theme.ts';

type Changes = Parameters<Client['system']['saveSettings']>[0];

/** The user's settings, which the engine keeps. */
export const useSettings = defineStore('settings', () => {
  const settings = shallowRef<Settings | null>(null);
  const loading = ref<Promise<Settings> | null>(null);

  /** Loads them once. */
  function load(): Promise<Settings> {
    loading.value ??= engine
      .client()
      .then((client) => client.system.settings({}))
      .then((loaded) => {
        settings.value = loaded;
        theme.value = loaded.theme;
        return loaded;
      })
      .catch((thrown: unknown) => {
        loading.value = null;
        throw thrown;
      });
    return loading.value;
  }

  async function save(changes: Changes): Promise<Settings> {
    const client = await engine.client();
    const saved = await client.system.saveSettings(changes);
    settings.value = saved;
    loading.value = Promise.resolve(saved);
    theme.value = saved.theme;
    return saved;
  }

  return { settings, load, save };
});
