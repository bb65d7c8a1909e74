import * as vscode from 'vscode';
import type { EngineClient } from '../engine/client';
import type { Fidelity } from '../experiments/fidelity';
import type { Precision } from '../library/memory';
import { VARIANTS, variantId } from '../library/variants';
import type { Library } from './library';

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

/** A quantized form for a person to choose, with what to expect of it. */
export interface VariantItem extends vscode.QuickPickItem {
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
  const text = document.getText(selection.isEmpty ? undefined : selection).slice(0, LONGEST_TEXT);
  const reference = await library.source(id, undefined);
  const title = `Measuring the weights of ${id}`;
  const rows = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => {
        controller.abort();
      });
      const measured: FidelityRow[] = [];
      for (const precision of precisions) {
        const source = await library.source(variantId(id, precision), undefined);
        let before = 0;
        const fidelity = await engine.fidelity(reference, source, text, {
          signal: controller.signal,
          onProgress: (done, total) => {
            progress.report({
              message: `${VARIANTS[precision].label}: ${done} of ${total} tokens`,
              increment: (100 * (done - before)) / total / precisions.length,
            });
            before = done;
          },
        });
        measured.push({ precision, fidelity });
      }
      return measured;
    },
  );
  const content = fidelityReport(id, vscode.workspace.asRelativePath(document.uri), rows);
  await vscode.window.showTextDocument(
    await vscode.workspace.openTextDocument({ language: 'markdown', content }),
    { viewColumn: vscode.ViewColumn.Beside },
  );
}

/** What was measured, as Markdown. */
function fidelityReport(id: string, document: string, rows: readonly FidelityRow[]): string {
  const [first] = rows;
  if (!first) return '';
  const line = (label: string, perplexity: number, cells: readonly string[]): string =>
    `| ${[label, perplexity.toFixed(3), ...cells].join(' | ')} |`;
  return [
    `# ${id}: how near its quantized weights come`,
    '',
    `${first.fidelity.tokens} tokens of ${document}, each predicted from those before it.`,
    '',
    '| weights | perplexity | mean KL divergence (nats) | largest | same most probable token |',
    '| --- | --: | --: | --: | --: |',
    line(VARIANTS.fp32.label, first.fidelity.referencePerplexity, ['0', '0', '100 %']),
    ...rows.map(({ precision, fidelity: { perplexity, meanDivergence, largestDivergence, sameBest } }) =>
      line(VARIANTS[precision].label, perplexity, [
        meanDivergence.toPrecision(3),
        largestDivergence.toPrecision(3),
        `${(100 * sameBest).toFixed(1)} %`,
      ]),
    ),
    '',
    'The KL divergence says how far the distribution of the next token is from the one of the 32-bit weights; 0 is equal.',
    '',
  ].join('\n');
}
