import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const bannedNames = '/(^|\\/)(utils?|helpers?|misc|common|info|data)(\\/|\\.ts$)/';

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'dist/',
      'test/support/layers.cjs',
      'src-main/hosts/cli/normscope.cjs',
    ],
  },
  {
    files: ['**/*.ts', '**/*.svelte'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreVoidReturningFunctions: true, ignoreArrowShorthand: true },
      ],
      // Numbers in messages are wanted everywhere; the rule's other cases stay.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Index access is checked by the compiler (noUncheckedIndexedAccess); in tight loops over
      // typed arrays whose bounds are the loop's, "!" says that the index is in range.
      '@typescript-eslint/no-non-null-assertion': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        {
          selector: `ImportDeclaration[source.value=${bannedNames}]`,
          message: 'Name the file for its subject.',
        },
      ],
    },
  },
  {
    files: ['src-renderer/**/*.svelte', 'src-renderer/**/*.svelte.ts'],
    extends: [svelte.configs.recommended],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: tseslint.parser },
    },
    rules: {
      // Names from disk, tables and labels are text everywhere, never markup.
      'svelte/no-at-html-tags': 'error',
      // Addresses are "#/view"; there is no router of a framework whose rules they would follow.
      'svelte/no-navigation-without-resolve': 'off',
      // "const { x = 1 }: Props = $props()" is how Svelte declares properties.
      'prefer-const': 'off',
      // The linter's parser does not know the types inside templates; svelte-check does.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  {
    files: ['src-renderer/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'svelte/store', message: 'Runes only: one way to hold state.' }] },
      ],
    },
  },
  { files: ['src-main/{hosts/cli,bench}/**/*.ts'], rules: { 'no-console': 'off' } },
  { files: ['**/*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', 'no-console': 'off' },
  },
);
