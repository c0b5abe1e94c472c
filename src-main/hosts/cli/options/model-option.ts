// The option --model of commands about a model's scores.

export const modelOption = {
  kind: 'text',
  placeholder: 'M',
  meaning: 'the number of the model, as train printed it',
  required: true,
} as const;
