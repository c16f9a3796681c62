import { createApp } from 'vue';
import { createPinia } from 'pinia';
import ui from '@nuxt/ui/vue-plugin';
import App from './App.vue';
import { router } from './router.ts';
import { registerIcons } from './icons.ts';
import './assets/main.css';

registerIcons();
createApp(App).use(createPinia()).use(router).use(ui).mount('#app');
