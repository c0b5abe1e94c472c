// Names and meanings of the networks that a run can train; ml/networks implements them.

export const networkNames = ['resnet18', 'conv4'] as const;
export type NetworkName = (typeof networkNames)[number];

export const networkTable: Readonly<Record<NetworkName, { readonly meaning: string }>> = {
  resnet18: { meaning: 'ResNet-18, 17 convolutions with shortcuts' },
  conv4: { meaning: 'four convolutions, several times as fast, for small images and first tries' },
};
