/** What the controls ask for now, and whether that is what a result was made with. */
import { visibleText } from '../../src/core/visibleText';
import { firstDifference } from '../../src/experiments/report/compare';
import { offersOf, type Offer } from '../../src/experiments/kit/offers';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import type { Toy } from '../../src/protocol/messages';
import type { FormValues } from '../form/form';
import type { Order } from './record';
import type { Session } from './session';
import { t } from '../../src/l10n/language';

/** Why there is nothing to run. */
export interface Refusal {
  /** Name of the control at fault, `toy` for the toy's table, or empty. */
  readonly field: string;
  readonly sentence: string;
  /** What can be run in its place. */
  readonly offers?: readonly Offer[];
}

interface Controls {
  readonly values: FormValues;
  readonly firstError: () => Refusal | null;
}

/** @param parameters makes a run's parameters of the controls' values and the prompt; throws RangeError */
export function orderOf(
  form: Controls,
  session: Session,
  parameters: (values: FormValues, prompt: string) => Order['parameters'],
): Order | Refusal {
  const wrong = form.firstError();
  if (wrong) return wrong;
  let toy: Toy | undefined;
  if (session.isToy) {
    const read = session.readToy();
    if (!('toy' in read)) return { field: 'toy', sentence: read.sentence };
    toy = read.toy;
  }
  try {
    return {
      model: session.model,
      toy,
      parameters: parameters(form.values, session.source?.text ?? ''),
    };
  } catch (error) {
    if (error instanceof RangeError) return { field: '', sentence: error.message, offers: offersOf(error) };
    throw error;
  }
}

/** How what is on screen differs from what the controls ask for. */
export interface Stale {
  readonly by: 'prompt' | 'text' | 'model' | 'settings';
  /** Says where it comes from. */
  readonly sentence: string;
}

/** Characters of another prompt that are repeated: its end, where the result begins. */
const REPEATED = 40;

/**
 * Whether a result belongs to other controls, another prompt or another model; null where it does not.
 * @param modelName of the result's model, for people
 */
export function staleness({ model, toy, parameters }: Order, modelName: string, now: Order): Stale | null {
  const otherModel = model !== now.model;
  if (parameters.prompt !== now.parameters.prompt) {
    // Its prompt is the beginning of the text that it works on.
    const by = 'text' in parameters ? 'text' : 'prompt';
    return { by, sentence: FROM[by](quoted(parameters.prompt), otherModel ? visibleText(modelName) : null) };
  }
  if (otherModel) return { by: 'model', sentence: t('From another model, {0}.', visibleText(modelName)) };
  if (JSON.stringify(toy) !== JSON.stringify(now.toy)) {
    return { by: 'model', sentence: t('From the toy vocabulary before you changed it.') };
  }
  return firstDifference(parameters, now.parameters)
    ? { by: 'settings', sentence: t('From other settings.') }
    : null;
}

/** Where a result comes from: another text, and another model if that is named. */
const FROM: Readonly<Record<'text' | 'prompt', (what: string, model: string | null) => string>> = {
  text: (what, model) =>
    model === null ? t('From another text: {0}.', what) : t('From another text with {0}: {1}.', model, what),
  prompt: (what, model) =>
    model === null
      ? t('From an earlier prompt: {0}.', what)
      : t('From an earlier prompt with {0}: {1}.', model, what),
};

function quoted(prompt: string): string {
  const text = visibleText(
    prompt
      .slice(-REPEATED)
      .replace(/^[\uDC00-\uDFFF]/, '')
      .replace(/\s+/gu, ' '),
  ).trim();
  return text === '' ? t('an empty one') : t('“{0}”', `${prompt.length > REPEATED ? '…' : ''}${text}`);
}

/** The page's header shows the prompt as a run has read it. */
export function showTokens(
  session: Session,
  { model, toy, parameters }: Order,
  { provenance }: ExperimentResult,
): void {
  const { source } = session;
  if (source?.text !== parameters.prompt) return;
  const { promptIds: ids, promptTruncated: truncated, promptNotes: notes } = provenance;
  session.takeTokens({ source, model, toy, ids, truncated, notes });
  // Without the vocabulary the prompt stands as text; the next run says what is wrong with the model.
  session.load(model).catch(() => undefined);
}
