import * as vscode from 'vscode';
import type { LoadProgress, ModelSource } from '../../engine/client';
import { showProgress, type Steps } from '../shown/messages';

interface Shown {
  readonly report: (percent: number) => void;
  readonly end: () => void;
}

/** Shows that a model's weights are prepared for their first use, with a way to stop it. */
export class Preparing implements vscode.Disposable {
  readonly #shown = new Map<string, Shown>();

  /** @param stop ends the preparation of a model */
  constructor(private readonly stop: (source: ModelSource) => void) {}

  show({ source, done, total }: LoadProgress): void {
    if (source.kind === 'toy') return;
    let shown = this.#shown.get(source.id);
    if (done === total) {
      shown?.end();
      this.#shown.delete(source.id);
      return;
    }
    if (!shown) {
      shown = this.#open(source, source.name);
      this.#shown.set(source.id, shown);
    }
    shown.report((100 * done) / total);
  }

  #open(source: ModelSource, name: string): Shown {
    let end!: () => void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let before = 0;
    let sink: Steps | undefined;
    const report = (percent: number): void => {
      sink?.report({ message: `${Math.floor(percent)} %`, increment: percent - before });
      before = percent;
    };
    void showProgress(vscode.l10n.t('Preparing the weights of {0}, once only', name), (progress, token) => {
      sink = progress;
      token.onCancellationRequested(() => {
        this.stop(source);
      });
      return ended;
    });
    return { report, end };
  }

  /** Nothing is prepared any more: the engine ended. */
  dispose(): void {
    for (const { end } of this.#shown.values()) end();
    this.#shown.clear();
  }
}
