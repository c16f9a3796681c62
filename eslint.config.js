import { readFileSync } from 'node:fs';
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';

/** The folders and packages that files under one place may not import: the design's arrows, kept by lint. */
const border = (files, folders, packages) => ({
  files: [`${files}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...folders.map((folder) => ({
            group: [`**/${folder}/**`],
            message: `The design's arrows do not point from ${files}/ to ${folder}/ (CONTRIBUTING.md, "The house").`,
          })),
          {
            group: packages,
            message: `This package does not belong in ${files}/ (CONTRIBUTING.md, "The house").`,
          },
        ],
      },
    ],
  },
});

const ui = ['electron', 'electron/*', 'vue', 'pinia', 'vue-router'];
const compute = ['@tensorflow/*', 'onnxruntime-node', 'onnxruntime-node/*', 'sharp'];
const hosts = ['host', 'main', 'preload', 'server', 'cli', 'renderer'];

/** The engine's rooms, from the ground up: each may import rooms of the lines before its own. A new room is a name here. */
const floors = [
  ['numbers', 'work', 'flatbuffer'],
  ['backend', 'data'],
  ['models'],
  // Readers of exported files stand beside what wrote them: they know a file by what it says, not by how it came about.
  ['deployed', 'distill'],
  ['train', 'evaluate'],
  ['run-folder'],
  ['inputs', 'export', 'user'],
  ['estimate'],
  ['trained'],
  ['run'],
  ['sweep', 'torch-project'],
  ['queue'],
  // What answers, and what computes in a process of its own: neither loads the other.
  ['services', 'worker'],
];

/** Rooms of earlier lines that a room may not import all the same. */
const strangers = {
  models: ['data'],
  distill: ['data'],
  train: ['deployed'],
};

/** Packages that a room may not import, besides those of the window. */
const foreign = { data: ['@tensorflow/*', 'onnxruntime-node'] };

const engineBorders = floors.flatMap((rooms, floor) =>
  rooms.map((room) => {
    const forbidden = [...floors.slice(floor).flat(), ...(strangers[room] ?? [])].filter(
      (other) => other !== room,
    );
    return border(
      `electron/engine/${room}`,
      [...forbidden, 'rpc', ...hosts],
      [...ui, ...(foreign[room] ?? [])],
    );
  }),
);

/** Rooms of the window: views stand above a run's and a draft's logic, and those above what all share. */
const windowBorder = (files, rooms) => ({
  ...border(
    files,
    [...['engine', 'host', 'main', 'preload', 'server', 'cli'].map((host) => `electron/${host}`), ...rooms],
    ['node:*', ...compute],
  ),
  files: [`${files}/**/*.{ts,vue}`],
});

/** Every element of a list that is spread into a call takes room on the stack, which ends at some 120,000 of them. */
const spreading = [
  'error',
  {
    selector:
      ':matches(CallExpression[callee.property.name=/^(push|unshift|splice|concat|max|min|hypot|of|fromCharCode|fromCodePoint|apply)$/], NewExpression) > SpreadElement.arguments',
    message:
      'A long list spread into a call overflows the stack: loop, spread into an array literal, or use largest() and smallest().',
  },
];

/** The strict rules that need types: oxlint checks them, in a quarter of the processor time. None may be missing there. */
const typed = Object.keys(tseslint.configs.disableTypeChecked.rules).filter((rule) =>
  tseslint.configs.strictTypeChecked.some(({ rules }) => (rules?.[rule] ?? 'off') !== 'off'),
);
const oxlint = JSON.parse(readFileSync(`${import.meta.dirname}/.oxlintrc.json`, 'utf8'));
const byOxlint = new Set(oxlint.overrides.flatMap(({ rules }) => Object.keys(rules)));
// This one has a script of its own, scripts/lint-class-instances.ts.
byOxlint.add('typescript/no-unsafe-class-instance-assignment');
const missing = typed.filter((rule) => !byOxlint.has(rule.replace('@typescript-eslint/', 'typescript/')));
if (missing.length > 0) throw new Error(`.oxlintrc.json lacks ${missing.join(', ')}.`);

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'release/', 'runs/', 'sample/', 'distill-demo/'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...vue.configs['flat/recommended'],
  {
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
  // The compiler finds them, in a quarter of the time.
  { files: ['**/*.{ts,vue}'], rules: { '@typescript-eslint/no-unused-vars': 'off' } },
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser }, globals: globals.browser },
    rules: {
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
    },
  },
  {
    files: ['electron/**/*.ts', 'renderer/**/*.{ts,vue}'],
    rules: { 'no-restricted-syntax': spreading, 'vue/no-restricted-syntax': spreading },
  },
  // Playwright reads the names of a test's fixtures off its first parameter, which may be none.
  {
    files: ['test/e2e/**/*.ts'],
    rules: { 'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }] },
  },
  { files: ['resources/export/web/*.js'], languageOptions: { globals: globals.browser } },
  { files: ['resources/export/bundle/*.mjs'], languageOptions: { globals: globals.node } },
  border('electron/contract', ['rpc', 'engine', ...hosts], ['node:*', ...ui, ...compute]),
  border('electron/platform', ['rpc', 'engine', ...hosts], [...ui, ...compute]),
  border('electron/rpc', ['engine', ...hosts], [...ui, ...compute]),
  border('electron/engine', ['rpc', ...hosts], ui),
  ...engineBorders,
  // What computes is loaded by engine-process.ts alone, through a dynamic import, which this rule leaves out.
  border('electron/host', ['engine', 'main', 'preload', 'server', 'cli', 'renderer'], [...ui, ...compute]),
  border('electron/server', ['engine', 'main', 'preload', 'cli', 'renderer'], [...ui, ...compute]),
  // `distill serve` is the browser host, started from the terminal.
  border('electron/cli', ['main', 'preload', 'renderer'], [...ui, ...compute]),
  // The main process knows the engine only through electron/host.
  border(
    'electron/main',
    ['engine', 'preload', 'server', 'cli', 'renderer'],
    ['vue', 'pinia', 'vue-router', ...compute],
  ),
  // Everything but the entry takes Electron's objects handed to it, so that tests run without Electron.
  {
    files: ['electron/main/**/*.ts'],
    ignores: ['electron/main/index.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'electron',
              allowTypeImports: true,
              message: 'Only electron/main/index.ts imports Electron itself.',
            },
          ],
        },
      ],
    },
  },
  border(
    'electron/preload',
    ['rpc', 'engine', 'host', 'main', 'server', 'cli', 'renderer'],
    ['node:*', 'vue', 'pinia', 'vue-router', ...compute],
  ),
  // The types of the window and of its tests are checked in one go, in which Node's are there, too.
  {
    files: ['renderer/**/*.{ts,vue}'],
    ignores: ['renderer/vite.config.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...Object.keys(globals.nodeBuiltin).filter((name) => !(name in globals.browser)),
      ],
    },
  },
  // The window knows the contract and the wire. Its build's own file runs in Node.
  { ...windowBorder('renderer', []), ignores: ['renderer/vite.config.ts'] },
  ...['run', 'draft'].map((room) => windowBorder(`renderer/${room}`, ['views', 'shell'])),
  windowBorder('renderer/shell', ['views']),
  ...['host', 'client', 'stores', 'composables', 'components', 'charts'].map((room) =>
    windowBorder(`renderer/${room}`, ['views', 'shell', 'run', 'draft']),
  ),
  prettier,
);
