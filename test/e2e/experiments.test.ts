/** The experiments' tabs in one window, one after the other. */
import { describe } from 'vitest';
import { branches } from './parts/branches';
import { experimentTabs } from './parts/experiments';
import { useSession } from './session';

const current = useSession();

describe('Branches', () => {
  branches(current);
});
describe('Experiments', () => {
  experimentTabs(current);
});
