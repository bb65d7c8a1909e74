import * as vscode from 'vscode';
import type { LoadedModel } from '../engine/client';
import type { ScoredToken } from './scoredDocument';
import { percent, tokenName } from './tokenNames';

/** What the model thought at one token: probability, rank, entropy, and what it would have preferred. */
export function hoverText(token: ScoredToken, model: LoadedModel): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.appendMarkdown('**Surprisal** of ');
  text.appendText(tokenName(token.id, model));
  text.appendMarkdown(
    `\n\nprobability **${percent(token.logProbability)}**, ` +
      `${(-token.logProbability / Math.LN2).toFixed(2)} bits, ` +
      `rank ${(token.rank + 1).toLocaleString('en')} of ${model.info.vocabularySize.toLocaleString('en')}, ` +
      `entropy ${token.entropy.toFixed(2)} nats (${model.info.name})\n\n| | | |\n|--:|:--|--:|\n`,
  );
  token.alternatives.forEach(({ id, logProbability }, i) => {
    const mark = id === token.id ? ' ◀' : '';
    // A token may hold any sign of Markdown: it is escaped, and cells end at bars.
    const name = tokenName(id, model).replace(/[\\`*_{}[\]()#+\-.!|<>~&$]/g, '\\$&');
    text.appendMarkdown(`| ${i + 1} | ${name}${mark} | ${percent(logProbability)} |\n`);
  });
  return text;
}
