import { expect, it, vi } from 'vitest';
import { Folds } from '../../../../webview/ui/folds';

it('A fold that is toggled twice without being drawn in between is as it was', () => {
  class Details {
    open = false;
  }
  vi.stubGlobal('HTMLDetailsElement', Details);
  const folds = new Folds();
  const { open, onToggle } = folds.of('table');
  expect(open).toBe(false);
  const details = new Details();
  for (const now of [true, false, true]) {
    details.open = now;
    onToggle({ currentTarget: details } as unknown as Event);
    expect(folds.of('table').open).toBe(now);
  }
});
