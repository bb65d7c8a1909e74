import * as vscode from 'vscode';
import type { EngineClient } from '../../engine/client';
import { runExperiment } from '../../engine/runExperiment';
import type { Fidelity } from '../../experiments/fidelity/result';
import type { Precision } from '../../library/memory';
import { VARIANTS, variantId } from '../../library/variants';
import { textOf } from '../document/documentText';
import type { Library } from './library';
import { count, decimals, significant } from '../numbers';
import type { Choice } from '../shown/choices';
import { openMarkdown } from '../shown/documents';
import { showProgress } from '../shown/messages';
import { fillMarkdown, joinMarkdown, type Markdown } from '../shown/quote';

/** Characters that are read at most: some ten thousand tokens, which take GPT-2 about a minute. */
const LONGEST_TEXT = 40_000;

export interface FidelityServices {
  readonly engine: EngineClient;
  readonly library: Library;
}

export interface FidelityRow {
  readonly precision: Precision;
  readonly fidelity: Fidelity;
}

/** A quantized form for a user to choose, with what to expect of it. */
export interface VariantItem extends Choice {
  readonly precision: Precision;
}

export function variantItems(precisions: readonly Precision[]): VariantItem[] {
  return precisions.map((precision) => ({
    label: VARIANTS[precision].label,
    description: VARIANTS[precision].about,
    precision,
  }));
}

/** Measures a model's quantized forms against its 32-bit weights on a text, with progress; shows a table of it. */
export async function showFidelity(
  { engine, library }: FidelityServices,
  id: string,
  precisions: readonly Precision[],
  editor: vscode.TextEditor,
): Promise<void> {
  const { document, selection } = editor;
  const text = textOf(document, selection.isEmpty ? undefined : selection).slice(0, LONGEST_TEXT);
  const reference = await library.source(id, undefined);
  const title = vscode.l10n.t('Measuring the weights of {0}', id);
  const rows = await showProgress(title, async (progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => {
      controller.abort();
    });
    const measured: FidelityRow[] = [];
    for (const precision of precisions) {
      const source = await library.source(variantId(id, precision), undefined);
      let before = 0;
      const fidelity = await runExperiment(
        engine,
        'fidelity',
        reference,
        { text },
        {
          others: [source],
          signal: controller.signal,
          onEvent: ({ done, total }) => {
            progress.report({
              message: vscode.l10n.t(
                '{0}: {1} of {2} tokens',
                VARIANTS[precision].label,
                count(done),
                count(total),
              ),
              increment: (100 * (done - before)) / total / precisions.length,
            });
            before = done;
          },
        },
      );
      measured.push({ precision, fidelity });
    }
    return measured;
  });
  await openMarkdown(fidelityReport(id, vscode.workspace.asRelativePath(document.uri), rows));
}

/** What was measured, as Markdown. */
function fidelityReport(id: string, document: string, rows: readonly FidelityRow[]): Markdown {
  const [first] = rows;
  if (!first) return fillMarkdown('');
  const line = (cells: readonly string[]): Markdown =>
    fillMarkdown(`| ${cells.map((_, i) => `{${i}}`).join(' | ')} |`, ...cells);
  const table = [
    line([
      vscode.l10n.t('weights'),
      vscode.l10n.t('perplexity'),
      vscode.l10n.t('mean KL divergence (nats)'),
      vscode.l10n.t('largest'),
      vscode.l10n.t('same most probable token'),
    ]),
    fillMarkdown('| --- | --: | --: | --: | --: |'),
    line([VARIANTS.fp32.label, decimals(first.fidelity.referencePerplexity, 3), '0', '0', '100 %']),
    ...rows.map(({ precision, fidelity: { perplexity, meanDivergence, largestDivergence, sameBest } }) =>
      line([
        VARIANTS[precision].label,
        decimals(perplexity, 3),
        significant(meanDivergence),
        significant(largestDivergence),
        `${decimals(100 * sameBest, 1)} %`,
      ]),
    ),
  ];
  return joinMarkdown(
    [
      fillMarkdown(`# ${vscode.l10n.t('{0}: how close its quantized weights come')}`, id),
      fillMarkdown(
        vscode.l10n.t('{0} tokens of {1}, each predicted from those before it.'),
        count(first.fidelity.tokens),
        document,
      ),
      joinMarkdown(table, '\n'),
      fillMarkdown(
        `${vscode.l10n.t(
          'KL divergence measures how far the next-token distribution is from that of the 32-bit weights; 0 means equal.',
        )}\n`,
      ),
    ],
    '\n\n',
  );
}
