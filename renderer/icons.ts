import { addCollection } from '@iconify/vue';
import lucide from '@iconify-json/lucide/icons.json';

/** All icons come with the program: nothing is fetched from anywhere. */
export function registerIcons(): void {
  addCollection(lucide);
}
