import { descendantsOf } from './processTree';

/** Process ids of the model processes that a VS Code server's extension hosts run. */
export const enginesOf = (serverPid: number): number[] =>
  descendantsOf(serverPid)
    .filter(({ command }) => /dist[\\/]engine\.js/.test(command))
    .map(({ pid }) => pid);
