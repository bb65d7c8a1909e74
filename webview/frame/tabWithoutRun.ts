import { nothing, type TemplateResult } from 'lit';
import type { Tab } from './tab';

/** A tab in which nothing runs, and so without a result of its own. */
export abstract class TabWithoutRun implements Tab {
  abstract readonly id: string;
  abstract readonly title: string;

  abstract body(): TemplateResult;
  abstract message(): TemplateResult | typeof nothing;
  abstract failed(error: unknown): void;
  abstract save(): () => unknown;
  abstract restore(saved: unknown): void;

  footer(): typeof nothing {
    return nothing;
  }

  card(): null {
    return null;
  }

  run(): void {
    // There is nothing to run.
  }

  stop(): boolean {
    return false;
  }
}
