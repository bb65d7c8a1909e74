import * as vscode from 'vscode';
import type { LoadedModel } from '../../engine/client';
import { count, decimals } from '../numbers';
import type { ScoredToken } from './scoredDocument';
import { fillMarkdown, joinMarkdown, type Markdown } from '../shown/quote';
import { percentOfLog, tokenName } from '../tokenNames';

/** What the model thought at one token: probability, rank, entropy, and what it would have preferred. */
export function hoverText(token: ScoredToken, model: LoadedModel): Markdown {
  const rows = token.alternatives.map(({ id, logProbability }, i) =>
    fillMarkdown(
      id === token.id ? '| {0} | {1} ◀ | {2} |' : '| {0} | {1} | {2} |',
      i + 1,
      tokenName(id, model),
      percentOfLog(logProbability, vscode.env.language),
    ),
  );
  return joinMarkdown(
    [
      fillMarkdown(vscode.l10n.t('**Surprisal** of {0}'), tokenName(token.id, model)),
      fillMarkdown(
        vscode.l10n.t('probability **{0}**, {1} bits, rank {2} of {3}, entropy {4} nats ({5})'),
        percentOfLog(token.logProbability, vscode.env.language),
        decimals(-token.logProbability / Math.LN2, 2),
        count(token.rank + 1),
        count(model.info.vocabularySize),
        decimals(token.entropy, 2),
        model.info.name,
      ),
      joinMarkdown([fillMarkdown('| | | |'), fillMarkdown('|--:|:--|--:|'), ...rows], '\n'),
    ],
    '\n\n',
  );
}
