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
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
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
  { files: ['src-main/hosts/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  { files: ['vitest.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', 'no-console': 'off' },
  },
);
