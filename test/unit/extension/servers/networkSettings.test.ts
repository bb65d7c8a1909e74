import { describe, expect, it } from 'vitest';
import { networkSettings } from '../../../../src/extension/servers/networkSettings';

const of = (settings: Record<string, unknown>) => networkSettings((name) => settings[name]);

describe('VS Code’s settings of the proxy', () => {
  it('reach the model process', () => {
    expect(
      of({
        proxySupport: 'override',
        proxy: 'http://proxy.example:3128',
        noProxy: ['gpu1', '', ' *.example.org ', 3],
        proxyAuthorization: 'Basic bWU6c2VjcmV0',
        proxyStrictSSL: false,
      }),
    ).toEqual({
      proxy: 'http://proxy.example:3128',
      noProxy: ['gpu1', '*.example.org'],
      proxyAuthorization: 'Basic bWU6c2VjcmV0',
      strictSSL: false,
    });
  });

  it('leave the environment its say where they are empty', () => {
    const plain = { proxySupport: 'override', proxy: '', noProxy: [], proxyStrictSSL: true };
    expect(of({ ...plain, proxyAuthorization: null })).toEqual({ strictSSL: true });
    expect(of({})).toEqual({ strictSSL: true });
  });

  it('switch every proxy off, that of the environment too', () => {
    expect(of({ proxySupport: 'off', proxy: 'http://proxy.example:3128', proxyStrictSSL: true })).toEqual({
      noProxy: ['*'],
      strictSSL: true,
    });
  });
});
