/** How servers are reached, by VS Code's own settings. */
import type { NetworkSettings } from '../../remote/source';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/**
 * VS Code's settings of the proxy for the model process. Where they name none, that process goes by the environment's
 * variables, as VS Code does.
 * @param read the value of a setting below `http`
 */
export function networkSettings(read: (name: string) => unknown): NetworkSettings {
  const strictSSL = read('proxyStrictSSL') !== false;
  if (read('proxySupport') === 'off') return { strictSSL, noProxy: ['*'] };
  const proxy = text(read('proxy'));
  const proxyAuthorization = text(read('proxyAuthorization'));
  const given = read('noProxy');
  const noProxy = (Array.isArray(given) ? given : []).flatMap((host: unknown) => text(host) ?? []);
  return {
    strictSSL,
    ...(proxy !== undefined && { proxy }),
    ...(proxyAuthorization !== undefined && { proxyAuthorization }),
    ...(noProxy.length > 0 && { noProxy }),
  };
}
