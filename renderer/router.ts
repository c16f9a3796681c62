import { createRouter, createWebHistory } from 'vue-router';

/** One route a screen. A run is named by its folder, which may hold any character: it travels as a query. */
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: { name: 'library' } },
    {
      path: '/library',
      name: 'library',
      component: () => import('./views/library/LibraryView.vue'),
      meta: { title: 'Library' },
    },
    {
      path: '/compare',
      name: 'compare',
      component: () => import('./views/library/CompareView.vue'),
      meta: { title: 'Compare runs' },
    },
    {
      path: '/new/:step?',
      name: 'wizard',
      component: () => import('./views/wizard/WizardView.vue'),
      meta: { title: 'New distillation' },
    },
    {
      path: '/sweep',
      name: 'sweep',
      component: () => import('./views/sweep/SweepView.vue'),
      meta: { title: 'Sweep' },
    },
    { path: '/run', name: 'run', component: () => import('./views/run/RunView.vue'), meta: { title: 'Run' } },
    {
      path: '/evaluation',
      name: 'evaluation',
      component: () => import('./views/evaluation/EvaluationView.vue'),
      meta: { title: 'Evaluation' },
    },
    {
      path: '/try',
      name: 'try',
      component: () => import('./views/try/TryView.vue'),
      meta: { title: 'Try it' },
    },
    {
      path: '/export',
      name: 'export',
      component: () => import('./views/export/ExportView.vue'),
      meta: { title: 'Export' },
    },
    {
      path: '/settings',
      name: 'settings',
      component: () => import('./views/settings/SettingsView.vue'),
      meta: { title: 'Settings' },
    },
    {
      path: '/help',
      name: 'help',
      component: () => import('./views/help/HelpView.vue'),
      meta: { title: 'Help' },
    },
    { path: '/:rest(.*)*', redirect: { name: 'library' } },
  ],
});

router.afterEach(({ meta, name }, from) => {
  // The shell's main part scrolls, not the window: another screen begins at its top.
  if (name !== from.name) document.querySelector('main')?.scrollTo(0, 0);
  document.title = typeof meta['title'] === 'string' ? `${meta['title']} · Distill Studio` : 'Distill Studio';
});
