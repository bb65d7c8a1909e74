/** The text of a completion, token by token: tinted by probability, with marks where it went back. */
import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { Vocabulary } from '../../../src/core/languageModel';
import { standingTurns } from '../../../src/experiments/kit/turnBack';
import { t, whole } from '../../../src/l10n/language';
import { tintOf } from '../../format/colour';
import { percent } from '../../format/numbers';
import { completionText, JoinedText, tokenBytes, type TokenText } from '../../format/tokenText';
import { runningView } from '../../ui/pieces';
import type { ExploreRun, RunningCompletion } from './run';

/** Tokens are drawn in chunks: while text streams in, only the last chunk is drawn again. */
const CHUNK = 32;

/** @param sample which completion of the run it is, from 0 */
export function tokensView(
  run: ExploreRun,
  vocabulary: Vocabulary,
  completion: RunningCompletion,
  sample: number,
): unknown[] {
  const text = joinedText(completion, vocabulary);
  const marks = marksOf(completion);
  const ids = completion.steps.map(({ id }) => id);
  const cut = cutOf(completion, text, vocabulary, ids);
  const chunks = Math.ceil(text.length / CHUNK);
  const shown = Array.from({ length: chunks }, (_, chunk): unknown => {
    const from = chunk * CHUNK;
    const to = Math.min(text.length, from + CHUNK);
    // The last token's text may still change, when the next one completes its character.
    return guard([run, vocabulary, to, text[to - 1], marks.get(from), cut], () =>
      text
        .slice(from, to)
        .map((token, i) => [
          turnMark(marks.get(from + i), sample, from + i),
          tokenSpan(completion, token, sample, from + i, from + i >= cut),
        ]),
    );
  });
  return [...shown, turnMark(marks.get(text.length), sample, text.length)];
}

/** Where it went back, by the places that it still has. */
function marksOf({ turns, steps }: RunningCompletion): ReadonlyMap<number, number> {
  const marks = new Map<number, number>();
  for (const { place } of standingTurns(turns)) {
    if (place <= steps.length) marks.set(place, (marks.get(place) ?? 0) + 1);
  }
  return marks;
}

function turnMark(times: number | undefined, sample: number, place: number): TemplateResult | typeof nothing {
  if (times === undefined) return nothing;
  return html`<span
    class="turn-mark"
    data-testid="turn-mark"
    role="button"
    data-card="turn:${sample}:${place}"
    data-rove
    tabindex="-1"
    aria-label=${times === 1 ? t('went back here') : t('went back here {0} times', whole(times))}
    >↩</span
  >`;
}

/** The first token that a stop string has cut, at least a part of; Infinity without one. */
function cutOf(
  { stop }: RunningCompletion,
  text: readonly TokenText[],
  vocabulary: Vocabulary,
  ids: readonly number[],
): number {
  if (stop === undefined) return Infinity;
  // The string came with the last token, and no token before it holds the whole of it.
  for (let from = text.length - 1; from >= 0; from--) {
    if (completionText(vocabulary, ids.slice(from)).includes(stop)) return from;
  }
  return Infinity;
}

function tokenSpan(
  { steps }: RunningCompletion,
  { pieces, continues }: TokenText,
  sample: number,
  index: number,
  cut: boolean,
): TemplateResult {
  const { id, raw } = steps[index]!;
  const label = continues ? t('rest of a character') : pieces.map(({ text }) => text).join('');
  // No white space between the tags: the text is read as it stands.
  return html`<span
    class="tinted token"
    data-testid="token"
    role="button"
    data-token-id=${id}
    data-probability=${raw}
    data-tint=${tintOf(raw)}
    ?data-continues=${continues}
    ?data-cut=${cut}
    data-card="step:${sample}:${index}"
    data-rove
    tabindex=${index === 0 ? 0 : -1}
    aria-label=${cut ? t('{0}, {1}, cut by the stop string', label, percent(raw)) : `${label}, ${percent(raw)}`}
    >${runningView(pieces)}</span
  >`;
}

interface Joined {
  readonly vocabulary: Vocabulary;
  readonly text: JoinedText;
}
const joined = new WeakMap<RunningCompletion, Joined>();

/** A completion's text, joined as far as it was before and then token by token. */
function joinedText(completion: RunningCompletion, vocabulary: Vocabulary): readonly TokenText[] {
  let known = joined.get(completion);
  if (known?.vocabulary !== vocabulary) {
    known = { vocabulary, text: new JoinedText() };
    joined.set(completion, known);
  }
  for (let i = known.text.tokens.length; i < completion.steps.length; i++) {
    known.text.append(tokenBytes(vocabulary, completion.steps[i]!.id));
  }
  return known.text.tokens;
}
