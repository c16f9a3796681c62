import { shallowRef } from 'vue';
import type { PickOptions } from '../host/host.ts';

interface PickRequest {
  options: PickOptions;
  answer: (path: string | null) => void;
}

/** What the dialog of PathPicker.vue is asked; null: it is closed. */
export const pickRequest = shallowRef<PickRequest | null>(null);

/** Opens a picker of paths on the server's machine, which a browser's own cannot show. */
export function openPathPicker(options: PickOptions): Promise<string | null> {
  pickRequest.value?.answer(null);
  return new Promise((resolve) => {
    pickRequest.value = {
      options,
      answer: (path) => {
        pickRequest.value = null;
        resolve(path);
      },
    };
  });
}
