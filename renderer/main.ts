// First: it takes the token out of the address.
import './host/index.ts';
import { createApp } from 'vue';
import { createPinia } from 'pinia';
import ui from '@nuxt/ui/vue-plugin';
import App from './App.vue';
import { router } from './router.ts';
import { refuseStrayFiles } from './shell/file-drops.ts';
import { registerIcons } from './icons.ts';
import { showUnforeseen } from './unforeseen.ts';
import './assets/main.css';

registerIcons();
refuseStrayFiles();
const app = createApp(App).use(createPinia()).use(router).use(ui);
showUnforeseen(app);
app.mount('#app');
