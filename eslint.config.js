import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
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
const hosts = ['main', 'preload', 'server', 'cli', 'renderer'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'runs/', 'sample/', 'distill-demo/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
  border('electron/contract', ['rpc', 'engine', ...hosts], ['node:*', ...ui, ...compute]),
  border('electron/rpc', ['engine', ...hosts], [...ui, ...compute]),
  border('electron/engine', ['rpc', ...hosts], ui),
  // Inside the engine: commands -> training -> distillation -> models -> backend.
  border(
    'electron/engine/backend',
    ['data', 'models', 'distill', 'train', 'evaluate', 'export', 'runs', 'commands', 'rpc', ...hosts],
    ui,
  ),
  border(
    'electron/engine/data',
    ['backend', 'models', 'distill', 'train', 'evaluate', 'export', 'runs', 'commands', 'rpc', ...hosts],
    [...ui, '@tensorflow/*', 'onnxruntime-node'],
  ),
  border(
    'electron/engine/models',
    ['data', 'distill', 'train', 'evaluate', 'export', 'runs', 'commands', 'rpc', ...hosts],
    ui,
  ),
  border(
    'electron/engine/distill',
    ['data', 'train', 'evaluate', 'export', 'runs', 'commands', 'rpc', ...hosts],
    ui,
  ),
  border('electron/engine/train', ['evaluate', 'export', 'runs', 'commands', 'rpc', ...hosts], ui),
  border('electron/cli', ['main', 'preload', 'server', 'renderer'], [...ui, ...compute]),
  prettier,
);
