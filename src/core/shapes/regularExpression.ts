/** Regular expressions as automata over bytes. */
import { DFA, isDisjointWith, JS, NFA, TooManyNodesError, type Expression, type NoParent } from 'refa';
import { messageOf } from '../messageOf';
import { remembered } from '../remembered';
import { overKinds, type Alphabet } from './alphabet';
import { ByteAutomaton, DEAD } from './byteAutomaton';
import { t, whole } from '../../l10n/language';

/** Most characters of an expression. */
export const LONGEST_EXPRESSION = 20_000;

/** Most states, with repetitions written out: compiling takes longer than in proportion to them. */
const MOST_STATES = 20_000;

/**
 * Most transitions that are followed on the way to a deterministic automaton, each state of which stands for many: about
 * a second of work.
 */
const MOST_STEPS = 1_000_000;

/** Compiled expressions that are kept. */
const KEPT = 8;

/**
 * Compiles an expression in JavaScript's syntax, with its flag `u`; it must match a whole text, so that `^` at its
 * begin and `$` at its end say nothing new.
 *
 * Thompson, Regular Expression Search Algorithm, 1968; Rabin and Scott, Finite Automata and Their Decision
 * Problems, 1959, for the deterministic automaton.
 * @returns the automaton, or in words what the expression must be that this one is not.
 */
export const compileExpression = remembered<ByteAutomaton | string>(KEPT, compile);

function compile(source: string): ByteAutomaton | string {
  if (source.length > LONGEST_EXPRESSION) {
    return t(
      'a regular expression of at most {0} characters; this one has {1}',
      whole(LONGEST_EXPRESSION),
      whole(source.length),
    );
  }
  let bytes: ByteAutomaton;
  try {
    const expression = parse(withoutEnds(source));
    const alphabet = overKinds([expression]);
    const automaton = deterministic(nondeterministic(expression, alphabet));
    automaton.minimize();
    bytes = new ByteAutomaton(automaton.initial, automaton.finals, alphabet);
  } catch (error) {
    return reason(error);
  }
  const leadsOn = Array.from({ length: 256 }, (_, byte) => bytes.next(bytes.start, byte)).some(
    (state) => state !== DEAD,
  );
  return leadsOn ? bytes : t('a regular expression that some text matches, not only the empty one');
}

/** @throws whatever refa makes of an expression that it cannot read, or that takes too many states. */
function parse(source: string): NoParent<Expression> {
  const parser = JS.Parser.fromLiteral({ source, flags: 'u' });
  return parser.parse({ backreferences: 'throw', maxNodes: MOST_STATES }).expression;
}

/** @throws TooManyNodesError */
function nondeterministic(expression: NoParent<Expression>, { size }: Alphabet): NFA {
  const options = { maxCharacter: Math.max(0, size - 1) };
  const factory = new NFA.LimitedNodeFactory(MOST_STATES);
  return NFA.fromRegex(expression, options, { assertions: 'throw' }, factory);
}

class TooManyStepsError extends Error {}

/** @throws TooManyNodesError, and TooManyStepsError where a person would have to wait. */
function deterministic(automaton: NFA): DFA {
  const iterator = automaton.transitionIterator();
  let taken = 0;
  const counted: typeof iterator = {
    ...iterator,
    getOut: (state) => {
      const out = iterator.getOut(state);
      taken += 1 + out.size;
      if (taken > MOST_STEPS) throw new TooManyStepsError();
      return out;
    },
  };
  return DFA.fromTransitionIterator(counted, automaton, new DFA.LimitedNodeFactory(MOST_STATES));
}

/**
 * Whether an expression matches some text that holds a character of a class.
 * @param characters the class, for example `["\\\\]`.
 * @returns true or false, or in words what the expression must be that it is not.
 */
export function mayHold(source: string, characters: string): boolean | string {
  try {
    const own = parse(source);
    const holding = parse(`[^]*${characters}[^]*`);
    const alphabet = overKinds([own, holding]);
    return !isDisjointWith(nondeterministic(own, alphabet), nondeterministic(holding, alphabet));
  } catch (error) {
    return reason(error);
  }
}

/** Without the anchors at its ends; any others cannot be followed. */
function withoutEnds(source: string): string {
  const begin = source.startsWith('^') ? source.slice(1) : source;
  // An escaped dollar sign is one: an odd number of backslashes stands before it.
  return /(?<!\\)(?:\\\\)*\$$/.test(begin) ? begin.slice(0, -1) : begin;
}

function reason(error: unknown): string {
  if (error instanceof TooManyStepsError) {
    return t(
      'a simpler regular expression: this one takes too long to prepare, for example because what repeats can be read in many ways',
    );
  }
  if (error instanceof TooManyNodesError) {
    return t(
      'a simpler regular expression: this one takes more than {0} states, for example because a large repetition is nested in another',
      whole(MOST_STATES),
    );
  }
  const message = messageOf(error);
  if (/assertion/i.test(message)) {
    return t('a regular expression without lookahead, lookbehind, \\b, and without ^ and $ but at its ends');
  }
  if (/backreference/i.test(message)) return t('a regular expression without backreferences');
  return t(
    'a regular expression in JavaScript’s syntax; {0}',
    message.replace(/^Invalid regular expression: /, ''),
  );
}
