/** What Branches is asked: how a tree begins, and the changes that a user made to it. */
import { t, whole as wholeText } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import { parameterObject, show, wholeNumber } from '../kit/checks';
import { chat, prompt, seed, stop, temperature } from '../kit/commonParameters';
import { declare, type Parameters, type ParametersOf, type ValuesOf } from '../kit/declaration';
import { custom, real, whole, wholeOrOff } from '../kit/parameters';

/** Longest path, in tokens. */
const MOST_TOKENS = 1024;
const MOST_EDITS = 500;

const length = whole({ name: t('The length'), label: t('tokens'), least: 1, most: 100, default: 12 });

/** What a tree begins with, in the order in which it is offered. */
export const BRANCH_STARTS = [
  /** Greedy, and the most probable other tokens at every step of it. */
  start('greedy', t({ message: 'greedy', comment: 'decoding' }), { length }),
  /** The first texts that Explore draws with this temperature and top-k; null is off. */
  start('samples', t('samples'), {
    length,
    count: whole({
      name: t('The number of texts'),
      label: t({ message: 'texts', comment: 'how many' }),
      least: 1,
      most: 64,
      default: 5,
    }),
    temperature,
    topK: wholeOrOff({
      name: t('Top-k'),
      label: 'top-k',
      term: 'topK',
      least: 1,
      most: Number.MAX_SAFE_INTEGER,
      default: null,
    }),
    seed,
  }),
  /** The most probable continuations, found by exact enumeration. */
  start('exact', t({ message: 'exact', comment: 'enumeration' }), {
    length: { ...length, term: 'enumeration', default: 4 },
    count: whole({
      name: t('The number of texts'),
      label: t('continuations'),
      least: 1,
      most: 50,
      default: 10,
    }),
    budget: whole({
      name: t('The budget'),
      label: t('budget'),
      term: 'budget',
      least: 1,
      most: 100_000,
      default: 5000,
    }),
  }),
  /** Beam search, with all that it looked at. */
  start('beam', t('beams'), {
    length,
    beams: whole({
      name: t('The number of beams'),
      label: t('beams'),
      term: 'beams',
      least: 1,
      most: 32,
      default: 4,
    }),
    lengthPenalty: real({
      name: t('The length penalty'),
      label: t('length penalty'),
      term: 'lengthPenalty',
      least: -10,
      most: 10,
      default: 1,
    }),
  }),
  /** The most probable next tokens, and nothing more. */
  start('alternatives', t('next token'), {}),
] as const;

export type BranchStart = ReturnType<(typeof BRANCH_STARTS)[number]['parse']>;

function start<const Kind extends string, P extends Parameters>(
  kind: Kind,
  label: string,
  parameters: P,
): {
  readonly kind: Kind;
  readonly label: string;
  readonly parameters: P;
  readonly parse: (value: unknown) => { readonly kind: Kind } & ValuesOf<P>;
} {
  const { parse } = declare(t('the start'), parameters);
  return { kind, label, parameters, parse: (value) => ({ kind, ...parse(value) }) };
}

/** @throws RangeError for what is no start, naming the value that is wrong and its limits. */
export function parseStart(value: unknown): BranchStart {
  const { kind } = parameterObject(t('the start'), value);
  const found = BRANCH_STARTS.find((each) => each.kind === kind);
  if (found) return found.parse(value);
  throw new RangeError(
    t('The start is {0}; it must be alternatives, greedy, samples, exact or beam.', show(kind)),
  );
}

/** Tokens by which a path that is taken goes on. */
export const ahead = whole({
  name: t('Tokens ahead'),
  label: t('tokens to continue by'),
  term: 'ahead',
  least: 0,
  most: 100,
  default: 8,
});

/** A change that a user made, by the ids of the tokens after the prompt. */
export type BranchEdit =
  /** Shows the most probable tokens after this path. */
  | { readonly edit: 'expand'; readonly path: readonly number[] }
  /**
   * Goes this way, and on from its end by so many tokens, greedily: the path's last token may be one that was not in
   * the tree.
   */
  | { readonly edit: 'take'; readonly path: readonly number[]; readonly ahead: number }
  /** Cuts the path's last token off with all that follows it. */
  | { readonly edit: 'prune'; readonly path: readonly number[] }
  /** Puts the path's last token before its siblings, whatever their rank; a second time, no longer. */
  | { readonly edit: 'pin'; readonly path: readonly number[] };

export const branchesParameters = declare(t('Branches'), {
  prompt,
  chat,
  start: custom<BranchStart>({
    name: t('The start'),
    default: { kind: 'greedy', length: length.default },
    read: parseStart,
  }),
  /** How many of the most probable tokens an expanded place shows. */
  alternatives: whole({
    name: t('The number of alternatives'),
    label: t('alternatives'),
    term: 'alternatives',
    least: 1,
    most: 50,
    default: 8,
  }),
  /** Texts that end a path as soon as it holds one; what the exact start enumerates is not ended. */
  stop,
  /** In the order in which they were made. */
  edits: custom<readonly BranchEdit[]>({ name: t('The edits'), default: [], read: parseEdits }),
});
export type BranchesParameters = ParametersOf<typeof branchesParameters>;

function parseEdits(edits: unknown): readonly BranchEdit[] {
  if (!Array.isArray(edits)) throw new RangeError(t('The edits are {0}; they must be a list.', show(edits)));
  if (edits.length > MOST_EDITS) {
    throw new RangeError(
      t(
        'The tree has {0} edits; the limit is {1}. Start a new tree.',
        wholeText(edits.length),
        wholeText(MOST_EDITS),
      ),
    );
  }
  return Array.from(edits, parseEdit);
}

function parseEdit(value: unknown, index: number): BranchEdit {
  const number = wholeText(index + 1);
  const what = t('edit {0}', number);
  const given = parameterObject(what, value);
  const { edit, path } = given;
  if (edit !== 'expand' && edit !== 'take' && edit !== 'prune' && edit !== 'pin') {
    throw new RangeError(t('Edit {0} is {1}; it must be expand, take, prune or pin.', number, show(edit)));
  }
  if (!Array.isArray(path))
    throw new RangeError(t('The path of {0} is {1}; it must be a list.', what, show(path)));
  if (path.length > MOST_TOKENS) {
    throw new RangeError(
      t(
        'The path of {0} has {1} tokens; the limit is {2}.',
        what,
        written(path.length),
        written(MOST_TOKENS),
      ),
    );
  }
  if (path.length === 0 && edit !== 'expand') {
    throw new RangeError(t('The path of {0} is empty; the end of the prompt can only be expanded.', what));
  }
  const ids = Array.from(path, (id: unknown) =>
    wholeNumber(t('A token id of {0}', what), id, 0, Number.MAX_SAFE_INTEGER),
  );
  return edit === 'take' ? { edit, path: ids, ahead: ahead.read(given['ahead'], {}) } : { edit, path: ids };
}
