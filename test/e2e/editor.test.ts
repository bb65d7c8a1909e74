/** The extension in the editor itself, in one window. */
import { describe } from 'vitest';
import { editorItself } from './parts/editor';
import { keyboardAlone } from './parts/keyboard';
import { foreignText } from './parts/foreignText';
import { connectingServers } from './parts/servers';
import { useSession } from './session';

const current = useSession();

describe('The keyboard', () => {
  keyboardAlone(current);
});
describe('The editor', () => {
  editorItself(current);
});
describe('Foreign text', () => {
  foreignText(current);
});
describe('A model server', () => {
  connectingServers(current);
});
