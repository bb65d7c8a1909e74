/** Texts that a server scores token by token, with a request for each: its user is asked before. */
import * as vscode from 'vscode';
import type { ModelInfo } from '../../core/languageModel';
import { scoringCost } from '../../experiments/kit/scoringCost';
import { count } from '../numbers';
import { ask } from '../shown/messages';
import { SCORING_LIMITS } from './documentScoring';

/** Characters that a token stands for, on average, in English prose. */
const CHARACTERS_PER_TOKEN = 4;

/** Whether a text may be scored, which is asked where that takes a request for each token. */
export async function mayAskOften({ server }: ModelInfo, characters: number): Promise<boolean> {
  const cost = scoringCost(server);
  if (!server || cost === null) return true;
  const read = Math.min(characters, SCORING_LIMITS.scored);
  const requests = Math.max(1, Math.round(read / CHARACTERS_PER_TOKEN));
  const yes = vscode.l10n.t('Score');
  const question = vscode.l10n.t(
    'Scoring this text takes about {0} requests to {1}, one for each token.',
    count(requests),
    server.name,
  );
  const edits = vscode.l10n.t(
    'What you edit later is scored in the same way. Select a part of the text to score less of it.',
  );
  const detail = `${cost} ${edits}`;
  return (await ask({ question, detail }, yes)) === yes;
}
