import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../../../src-renderer/state/view-address.ts';

describe('the address of a view', () => {
  it('is parsed as it was formatted, for any parameter values', () => {
    for (const params of [{}, { dataset: 'blood cells' }, { dataset: 'a&b=c?d#e/ü', run: '3' }]) {
      const address = { view: 'review', params } as const;
      expect(parseAddress(formatAddress(address))).toEqual(address);
    }
  });

  it('is the first view when it names none', () => {
    for (const hash of ['', '#', '#/', '#/nowhere', '#/toString', '#token=1']) {
      expect(parseAddress(hash)).toEqual({ view: 'images', params: {} });
    }
  });
});
