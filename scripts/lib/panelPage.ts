/** The panel as the browser tests and the soak use it: its parts by name, its controls by hand. */
import type { Frame, Locator } from 'playwright-core';
import { part, readBars, readPanel, runEnded, type Bar, type PanelReading } from './panelReading';

/** Until then a run has begun on the busiest machine, in milliseconds. */
const BEGINS = 60_000;

/** Waits until what was changed in a page has been drawn. */
export const drawn = (frame: Frame): Promise<void> =>
  frame.evaluate(
    () =>
      new Promise<void>((resolve) => {
        requestAnimationFrame(() => {
          requestAnimationFrame(() => {
            setTimeout(resolve, 0);
          });
        });
      }),
  );

export class Panel {
  readonly frame: Frame;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  part(name: string): Locator {
    return this.frame.locator(part(name));
  }

  read(): Promise<PanelReading> {
    return readPanel(this.frame);
  }

  bars(): Promise<Bar[]> {
    return readBars(this.frame);
  }

  /** Probabilities after the samplers, in the order of the rows. */
  async probabilities(): Promise<number[]> {
    return (await this.bars()).map(({ probability }) => probability);
  }

  /**
   * Does what begins a run, and waits until it has begun: what is on screen before must not be taken for what
   * comes of it. A run that ends within the frame in which it began never shows its Stop button; what is said to
   * screen readers tells of it, or else the answer that reaches the page, once it has been drawn.
   */
  async begin(what: () => Promise<void>): Promise<void> {
    const change = await this.part('stop').evaluateHandle((stop, patience) => {
      const said = document.querySelector('.unseen[role="status"]')!;
      return {
        seen: new Promise<void>((resolve, reject) => {
          // Without names for functions: the page does not have what tsx puts around those.
          const over = new AbortController();
          const { signal } = over;
          const observer = new MutationObserver(() => {
            over.abort();
          });
          observer.observe(stop, { attributes: true, attributeFilter: ['disabled'] });
          observer.observe(said, { childList: true, characterData: true, subtree: true });
          addEventListener(
            'message',
            ({ data }: MessageEvent<{ type?: unknown } | null>) => {
              if (data?.type === 'result' || data?.type === 'failure')
                requestAnimationFrame(() => {
                  over.abort();
                });
            },
            { signal },
          );
          const hang = setTimeout(() => {
            reject(new Error(`No run began within ${patience / 1000} seconds.`));
            over.abort();
          }, patience);
          signal.addEventListener('abort', () => {
            observer.disconnect();
            clearTimeout(hang);
            resolve();
          });
        }),
      };
    }, BEGINS);
    try {
      await what();
      await change.evaluate(({ seen }) => seen);
    } finally {
      // It would keep what it was made of on the page.
      await change.dispose();
    }
  }

  /** Waits until no run goes on. */
  ended(): Promise<void> {
    return runEnded(this.frame);
  }

  /** Opens the controls where a narrow panel has folded them into one line. */
  async unfold(): Promise<void> {
    const drawer = this.part('drawer');
    if ((await drawer.isVisible()) && (await drawer.getAttribute('aria-expanded')) === 'false') {
      await drawer.click();
    }
  }

  /** Types into a control's field, in place of what it holds. */
  async type(name: string, text: string): Promise<void> {
    await this.unfold();
    await this.part(name).locator('input').fill(text);
  }

  /** Puts the focus on a slider and presses a key on it. */
  async slide(name: string, key: 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End'): Promise<void> {
    await this.unfold();
    await this.part(`${name}-range`).press(key);
  }

  /** Presses Generate; the run has begun when this is done. */
  generate(): Promise<void> {
    return this.begin(() => this.part('generate').click());
  }

  async choose(model: string): Promise<void> {
    await this.part('model').click();
    await this.part('model').locator('vscode-option', { hasText: model }).click();
  }

  async chooseWeights(label: string): Promise<void> {
    await this.part('weights').click();
    await this.part('weights').locator('vscode-option', { hasText: label }).click();
  }

  /** Tokens of all completions so far. */
  tokens(): Promise<number> {
    return this.part('token').count();
  }

  /** Asks for more than can be drawn while one looks, and waits until it has begun. */
  async generateForLong(): Promise<void> {
    await this.type('samples', '64');
    await this.type('max-new-tokens', '240');
    await this.generate();
    await this.frame.locator(`${part('stop')}:not([disabled])`).waitFor();
    await this.part('progress').waitFor();
    await this.part('token').nth(64).waitFor({ state: 'attached', timeout: BEGINS });
  }

  /** A run that ends soon. */
  async keepShort(): Promise<void> {
    await this.type('samples', '2');
    await this.type('max-new-tokens', '8');
  }

  /** Sizes the window until the panel, which takes half of it, has the width. */
  async makeWidth(wanted: number): Promise<void> {
    const page = this.frame.page();
    const width = (): Promise<number> => this.frame.evaluate(() => window.innerWidth);
    const deadline = Date.now() + 60_000;
    for (let now = await width(); Math.abs(now - wanted) > 1; now = await width()) {
      if (Date.now() > deadline) throw new Error(`The panel is ${now} pixels wide, not ${wanted}.`);
      const size = page.viewportSize()!;
      await page.setViewportSize({ ...size, width: size.width + 2 * (wanted - now) });
      // What comes next must not be added to what still comes.
      await this.frame
        .waitForFunction((before) => window.innerWidth !== before, now, { timeout: 10_000 })
        .catch(() => undefined);
    }
  }
}
