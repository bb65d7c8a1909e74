/** Commands on saved results; each asks for what it was not given. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import { historyLineSchema, type HistoryLine, type Saved } from '../../protocol/messages';
import { exportFile, unlessClosed } from '../panel/exportFile';
import { experimentName } from './experimentName';
import type { History } from './history';
import { modelLabel } from '../models/trainedName';
import { count, moment } from '../numbers';
import type { PanelHolder } from '../panel/panelHolder';
import { toFailure } from '../panel/requests';
import { choose } from '../shown/choices';
import { ask, tell } from '../shown/messages';

type Command = (...given: unknown[]) => Promise<void>;

const linesSchema = v.array(historyLineSchema);

/** The results that a user has marked in the view; the second argument that a view gives its commands. */
function marked(given: unknown): readonly HistoryLine[] {
  const parsed = v.safeParse(linesSchema, given);
  return parsed.success ? parsed.output : [];
}

async function chooseLine(lines: readonly HistoryLine[], title: string): Promise<HistoryLine | undefined> {
  if (lines.length === 0) {
    void tell.information(
      vscode.l10n.t('No result is saved yet. Run an experiment in the panel and save it.'),
    );
    return undefined;
  }
  const items = lines.map((line) => ({
    label: line.title,
    description: `${experimentName(line.experiment)}, ${modelLabel(line.model)}, ${moment(line.savedAt)}`,
    line,
  }));
  return (await choose(items, { title, matchOnDescription: true }))?.line;
}

export function historyCommands(history: History, panels: PanelHolder): Record<string, Command> {
  /** The saved result a command is for: the one clicked, or else the one chosen from a list. */
  const lineOf = async (given: unknown): Promise<HistoryLine | undefined> => {
    const clicked = v.safeParse(historyLineSchema, given);
    return clicked.success
      ? clicked.output
      : chooseLine(await history.lines(), vscode.l10n.t('Saved results'));
  };

  const saved = async ({ id }: HistoryLine): Promise<Saved> => ({ id, entry: await history.open(id) });

  /** Tells why something did not work; a result can be gone or damaged. */
  const told =
    (work: Command): Command =>
    async (...given) => {
      try {
        await work(...given);
      } catch (error) {
        void tell.error(toFailure(error).sentence);
      }
    };

  return {
    reopenResult: told(async (given) => {
      const line = await lineOf(given);
      if (line) panels.open().openResult(await saved(line));
    }),
    replayResult: told(async (given) => {
      const line = await lineOf(given);
      if (line) panels.open().openResult(await saved(line), { replay: true });
    }),
    compareResults: told(async (given, all) => {
      const two = marked(all);
      if (two.length > 2) {
        void tell.information(
          vscode.l10n.t('{0} results are selected. Select exactly two to compare.', count(two.length)),
        );
        return;
      }
      const first = two[0] ?? (await lineOf(given));
      if (!first) return;
      const second = two[1] ?? (await otherOf(first));
      if (!second) return;
      if (first.experiment !== second.experiment) {
        void tell.information(
          vscode.l10n.t(
            'Results of {0} and {1} cannot be compared. Choose two of the same experiment.',
            experimentName(first.experiment),
            experimentName(second.experiment),
          ),
        );
        return;
      }
      const [earlier, later] = [first, second].sort((a, b) => a.savedAt - b.savedAt) as [
        HistoryLine,
        HistoryLine,
      ];
      panels.open().openResult(await saved(later), { earlier: await saved(earlier) });
    }),
    exportResult: told(async (given) => {
      const line = await lineOf(given);
      if (!line) return;
      const content = JSON.stringify(await history.open(line.id), undefined, 2);
      await unlessClosed(exportFile(`${line.experiment}.json`, content));
    }),
    removeResult: told(async (given, all) => {
      const several = marked(all);
      const line = several.length > 1 ? undefined : await lineOf(given);
      const lines = line ? [line] : several;
      if (lines.length === 0) return;
      const question = line
        ? vscode.l10n.t('Delete the saved result "{0}"? This cannot be undone.', line.title)
        : vscode.l10n.t('Delete {0} saved results? This cannot be undone.', count(lines.length));
      const remove = vscode.l10n.t('Delete');
      const answer = await ask({ question, warns: true }, remove);
      if (answer !== remove) return;
      for (const { id } of lines) await history.remove(id);
    }),
  };

  /** Another result of the same experiment, chosen by the user. */
  async function otherOf(line: HistoryLine): Promise<HistoryLine | undefined> {
    const others = (await history.lines()).filter(
      ({ id, experiment }) => experiment === line.experiment && id !== line.id,
    );
    if (others.length === 0) {
      void tell.information(
        vscode.l10n.t(
          'There is no other saved result of {0} to compare with. Save a second one.',
          experimentName(line.experiment),
        ),
      );
      return undefined;
    }
    return chooseLine(others, vscode.l10n.t('Compare "{0}" with', line.title));
  }
}
