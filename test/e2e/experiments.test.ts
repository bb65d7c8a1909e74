/** The experiments' tabs in one window, one after the other. */
import { describe } from 'vitest';
import { ab } from './parts/ab';
import { branches } from './parts/branches';
import { experimentTabs } from './parts/experiments';
import { useSession } from './session';

const current = useSession();

describe('Branches', () => {
  branches(current);
});
describe('A/B', () => {
  ab(current);
});
describe('Experiments', () => {
  experimentTabs(current);
});
