/** Explore in one window: its parts come one after the other, the ones that leave the sample as it is first. */
import { describe } from 'vitest';
import { boundary } from './parts/boundary';
import { exchanging } from './parts/exchange';
import { exploring } from './parts/explore';
import { keepingExplored } from './parts/exploreKept';
import { looks } from './parts/looks';
import { running } from './parts/run';
import { useSession } from './session';

const current = useSession();

describe('The end of a prompt', () => {
  boundary(current);
});
describe('Looks', () => {
  looks(current);
});
describe('Keeping', () => {
  keepingExplored(current);
});
describe('Explore', () => {
  exploring(current);
});
describe('Runs', () => {
  running(current);
});
describe('Other programs', () => {
  exchanging(current);
});
