import * as vscode from 'vscode';
import type { LoadedModel } from '../../engine/client';
import { count, decimals } from '../numbers';
import type { ScoredToken } from './scoredDocument';
import { fillMarkdown, joinMarkdown, type Markdown } from '../shown/quote';
import { classNames, tintClass, type SurprisalScale } from './surprisalScale';
import { inPercent } from '../../l10n/numbers';
import { tokenName } from '../tokenNames';

/** What the model thought at one token: probability, rank, entropy, and what it would have preferred. */
export function hoverText(token: ScoredToken, model: LoadedModel, scale: SurprisalScale): Markdown {
  const names = classNames(scale);
  const rows = token.alternatives.map(({ id, logProbability }, i) =>
    fillMarkdown(
      id === token.id ? '| {0} | {1} ◀ | {2} |' : '| {0} | {1} | {2} |',
      i + 1,
      tokenName(id, model),
      inPercent(Math.exp(logProbability)),
    ),
  );
  return joinMarkdown(
    [
      fillMarkdown(vscode.l10n.t('**Surprisal** of {0}'), tokenName(token.id, model)),
      fillMarkdown(
        vscode.l10n.t('probability **{0}**, rank {1} of {2} ({3})'),
        inPercent(Math.exp(token.logProbability)),
        count(token.rank + 1),
        count(model.info.vocabularySize),
        model.info.name,
      ),
      ...surprisals(token),
      fillMarkdown(
        vscode.l10n.t('Colour {0} of {1}: {2}. Stronger colour means more surprising.'),
        count(tintClass(scale, token) + 1),
        count(names.length),
        names[tintClass(scale, token)] ?? '',
      ),
      joinMarkdown([fillMarkdown('| | | |'), fillMarkdown('|--:|:--|--:|'), ...rows], '\n'),
    ],
    '\n\n',
  );
}

/** Without what is expected where a server lists only some tokens: the entropy is not known then. */
function surprisals({ logProbability, entropy }: ScoredToken): Markdown[] {
  const [nats, bits] = [-logProbability, -logProbability / Math.LN2].map((surprisal) =>
    decimals(surprisal, 2),
  );
  if (Number.isNaN(entropy)) {
    return [
      fillMarkdown(vscode.l10n.t('in nats: surprisal **{0}**'), nats!),
      fillMarkdown(vscode.l10n.t('in bits: surprisal **{0}**'), bits!),
    ];
  }
  return [
    fillMarkdown(
      vscode.l10n.t('in nats: surprisal **{0}**, {1} expected (entropy)'),
      nats!,
      decimals(entropy, 2),
    ),
    fillMarkdown(
      vscode.l10n.t('in bits: surprisal **{0}**, {1} expected (entropy)'),
      bits!,
      decimals(entropy / Math.LN2, 2),
    ),
  ];
}
