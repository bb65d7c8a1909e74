import * as vscode from 'vscode';
import type { LoadedModel } from '../engine/client';
import { count, decimals } from './numbers';
import type { ScoredToken } from './scoredDocument';
import { percent, tokenName } from './tokenNames';

/** A token may hold any sign of Markdown, and cells of a table end at bars. */
const escaped = (name: string): string => name.replace(/[\\`*_{}[\]()#+\-.!|<>~&$]/g, '\\$&');

/** What the model thought at one token: probability, rank, entropy, and what it would have preferred. */
export function hoverText(token: ScoredToken, model: LoadedModel): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.appendMarkdown(vscode.l10n.t('**Surprisal** of {0}', escaped(tokenName(token.id, model))));
  const measures = vscode.l10n.t(
    'probability **{0}**, {1} bits, rank {2} of {3}, entropy {4} nats ({5})',
    percent(token.logProbability, vscode.env.language),
    decimals(-token.logProbability / Math.LN2, 2),
    count(token.rank + 1),
    count(model.info.vocabularySize),
    decimals(token.entropy, 2),
    model.info.name,
  );
  text.appendMarkdown(`\n\n${measures}\n\n| | | |\n|--:|:--|--:|\n`);
  token.alternatives.forEach(({ id, logProbability }, i) => {
    const mark = id === token.id ? ' ◀' : '';
    const share = percent(logProbability, vscode.env.language);
    text.appendMarkdown(`| ${i + 1} | ${escaped(tokenName(id, model))}${mark} | ${share} |\n`);
  });
  return text;
}
