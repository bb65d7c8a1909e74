/** What the controls ask for now, and whether that is what a result was made with. */
import { visibleText } from '../../src/core/visibleText';
import { firstDifference } from '../../src/experiments/report/compare';
import { offersOf, type Offer } from '../../src/experiments/kit/offers';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import type { Toy } from '../../src/protocol/messages';
import type { FormValues } from '../form/form';
import type { Order } from './record';
import type { Session } from './session';

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
    const by = otherModel ? ` with ${visibleText(modelName)}` : '';
    // Its prompt is the beginning of the text that it works on.
    return 'text' in parameters
      ? { by: 'text', sentence: `From another text${by}: ${quoted(parameters.prompt)}.` }
      : { by: 'prompt', sentence: `From an earlier prompt${by}: ${quoted(parameters.prompt)}.` };
  }
  if (otherModel) return { by: 'model', sentence: `From another model, ${visibleText(modelName)}.` };
  if (JSON.stringify(toy) !== JSON.stringify(now.toy)) {
    return { by: 'model', sentence: 'From the toy vocabulary before you changed it.' };
  }
  return firstDifference(parameters, now.parameters)
    ? { by: 'settings', sentence: 'From other settings.' }
    : null;
}

function quoted(prompt: string): string {
  const text = visibleText(
    prompt
      .slice(-REPEATED)
      .replace(/^[\uDC00-\uDFFF]/, '')
      .replace(/\s+/gu, ' '),
  ).trim();
  return text === '' ? 'an empty one' : `“${prompt.length > REPEATED ? '…' : ''}${text}”`;
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
