import { readFileSync } from 'node:fs';
import path from 'node:path';
import ui from '@nuxt/ui/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const root = import.meta.dirname;
const { version } = JSON.parse(readFileSync(path.join(root, '../package.json'), 'utf8')) as {
  version: string;
};

export default defineConfig({
  root,
  // The same files are served under app://studio/ and under http://127.0.0.1:<port>/.
  base: '/',
  define: { __APP_VERSION__: JSON.stringify(version) },
  // Not renderer/node_modules, which tools would take for a package's.
  cacheDir: path.join(root, '../node_modules/.vite'),
  plugins: [
    vue(),
    ui({
      autoImport: false,
      colorMode: false,
      components: { dts: false, dirs: [] },
      ui: {
        colors: { primary: 'indigo', neutral: 'slate' },
        button: {
          // The library's own 75 % under the pointer leave the label a contrast of less than 4.5.
          compoundVariants: (['primary', 'error'] as const).map((color) => ({
            color,
            variant: 'solid' as const,
            class: `hover:bg-${color}/90 active:bg-${color}/90`,
          })),
        },
      },
    }),
  ],
  build: {
    outDir: path.join(root, '../dist/renderer'),
    emptyOutDir: true,
    target: 'chrome130',
    // Electron and the browser host load from the local disk: fewer, larger files do no harm.
    chunkSizeWarningLimit: 2000,
  },
});
