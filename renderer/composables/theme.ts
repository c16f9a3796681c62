import { computed, ref, watchEffect, type Ref } from 'vue';

export type Theme = 'system' | 'light' | 'dark';

const storageKey = 'distill-theme';
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = ref(prefersDark.matches);
prefersDark.addEventListener('change', ({ matches }) => (systemIsDark.value = matches));

const themeOf = (stored: string | null): Theme =>
  stored === 'light' || stored === 'dark' ? stored : 'system';
/** The chosen theme. Kept here as well as in the settings, so that the first paint has it before the engine answers. */
export const theme: Ref<Theme> = ref(themeOf(localStorage.getItem(storageKey)));
// Chosen in another window of the program.
window.addEventListener('storage', ({ key, newValue }) => {
  if (key === storageKey) theme.value = themeOf(newValue);
});
export const isDark = computed(() =>
  theme.value === 'system' ? systemIsDark.value : theme.value === 'dark',
);

watchEffect(() => {
  localStorage.setItem(storageKey, theme.value);
  document.documentElement.classList.toggle('dark', isDark.value);
  document.documentElement.style.colorScheme = isDark.value ? 'dark' : 'light';
  window.distill?.setTheme(theme.value);
});
