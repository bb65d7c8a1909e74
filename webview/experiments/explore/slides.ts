/** Explore for a room: the next token, before and after the chain, then the texts that were drawn. */
import { html } from 'lit';
import type { Vocabulary } from '../../../src/core/languageModel';
import type { DistributionSummary } from '../../../src/experiments/explore/distribution';
import { t, whole } from '../../../src/l10n/language';
import { count } from '../../format/numbers';
import { tokenBytes, tokenLabel } from '../../format/tokenText';
import type { Slide } from '../../frame/presentation';
import { legendView } from '../../ui/legend';
import type { Picture } from '../../ui/picture';
import { sampledTextView } from '../../ui/sampledText';
import { nextPicture } from './charts';
import type { ExploreRun } from './run';

/** Tokens that have a bar: few, so that they are read from the last row of a room. */
const BARS = 10;

/** The distribution as the controls make it now. Make it once per summary. */
export function summaryPicture({ rows }: DistributionSummary, vocabulary: Vocabulary): Picture {
  return nextPicture(rows.slice(0, BARS), ({ id }) => tokenLabel(tokenBytes(vocabulary, id)), []);
}

/** @param after what the token comes after, in words */
export function distributionSlide(picture: Picture, after: string): Slide {
  return {
    heading: after === '' ? t('Next token') : t('Next token {0}', after),
    caption: picture.description,
    picture,
  };
}

export function completionsSlide({ completions }: ExploreRun, vocabulary: Vocabulary): Slide[] {
  const drawn = completions.filter(({ steps }) => steps.length > 0);
  if (drawn.length === 0) return [];
  return [
    {
      heading: count(drawn.length, '{0} completion', '{0} completions'),
      caption: '',
      view: html`${legendView()}
        <ol class="slide-texts">
          ${completions.map(({ steps }, sample) => {
            const text = {
              ids: steps.map(({ id }) => id),
              tokens: steps.map(({ id }) => tokenBytes(vocabulary, id)),
              raw: steps.map(({ raw }) => raw),
            };
            return html`<li>
              ${sampledTextView(text, `step:${sample}`, t('Completion {0}, tokens', whole(sample + 1)))}
            </li>`;
          })}
        </ol>`,
    },
  ];
}
