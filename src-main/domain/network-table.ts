// The networks that a run can train, as people read of them; ml/networks implements them.

export const networkNames = ['resnet18', 'conv4'] as const;
export type NetworkName = (typeof networkNames)[number];

export const networkTable: Readonly<
  Record<NetworkName, { readonly title: string; readonly meaning: string }>
> = {
  resnet18: { title: 'ResNet-18', meaning: '17 convolutions with shortcuts, as published' },
  conv4: {
    title: 'Conv-4',
    meaning: 'four convolutions, several times as fast, for small images and first tries',
  },
};
