/** The extension in the editor itself, in one window. */
import { describe } from 'vitest';
import { editorItself } from './parts/editor';
import { foreignText } from './parts/foreignText';
import { useSession } from './session';

const current = useSession();

describe('The editor', () => {
  editorItself(current);
});
describe('Foreign text', () => {
  foreignText(current);
});
