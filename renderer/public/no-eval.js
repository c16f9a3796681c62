// zod tries whether it may compile its checks; the page's policy forbids that, and reports every try. A script of its own, for the
// build puts the first schemas into a module that runs before any of ours.
globalThis.__zod_globalConfig = { jitless: true };
