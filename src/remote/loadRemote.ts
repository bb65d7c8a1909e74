import type { LanguageModel } from '../core/languageModel';
import { RemoteError } from './remoteError';
import type { RemoteSource } from './source';

/**
 * A model on a server.
 * @throws RemoteError when the server cannot be used.
 */
export function loadRemote({ server }: RemoteSource): Promise<LanguageModel> {
  return Promise.reject(new RemoteError('network', `${server.name} cannot be used yet.`));
}
