/** Branches: the tree of continuations. */
import { html, nothing, type TemplateResult } from 'lit';
import { branchesParameters } from '../../../src/experiments/branches/parameters';
import { branchesResultSchema, type BranchesResult } from '../../../src/experiments/branches/result';
import { branchesReport } from '../../../src/experiments/branches/report';
import { t } from '../../../src/l10n/language';
import { beamPictures } from './beams';
import { TREE, treePicture } from './charts';
import { count, thousands } from '../../format/numbers';
import { typedCount } from '../../format/typedNumber';
import { BranchEditor } from './editor';
import {
  aheadOf,
  branchParameters,
  branchGroups,
  packEdits,
  readParameters,
  startOf,
  startValues,
  treeKey,
  unpackEdits,
} from './form';
import { parsedBy } from '../../frame/record';
import { shortOf, typedOf, valuesOf } from '../../form/declared';
import { valueText, type FormValues } from '../../form/form';
import { branchPlaceView } from './placeView';
import { branchTerms } from './terms';
import { branchTreeView } from './treeView';
import { afterDraw } from '../../ui/afterDraw';
import { infoButton } from '../../ui/info';
import { legendView } from '../../ui/legend';
import { figuresView, type ExperimentPage, type ShownParts } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import type { OpenRequest, Tab, TabContext } from '../../frame/tab';
import { chatForm } from '../../frame/served';
import { wayIn } from '../../frame/way';

const ID = 'branches';

export function createBranches(context: TabContext): Tab {
  return new Branches(context);
}

class Branches extends ExperimentTab<BranchesResult> {
  readonly #editor: BranchEditor;

  constructor(context: TabContext) {
    const editor: BranchEditor = new BranchEditor(ID, context, {
      rerun: (parameters) => {
        super.open({ parameters });
        this.run();
      },
      failed: (error) => {
        this.failed(error);
      },
      hasFocus: () => document.activeElement?.closest('.branches') !== null,
      focusSelected,
    });
    super(pageOf(context, editor), context);
    this.#editor = editor;
  }

  /** Opened from elsewhere it shows what was asked for, not the place that was looked at last. */
  override open(request: OpenRequest): void {
    this.#editor.forget();
    const way = wayIn(request.parameters);
    super.open(way ? { parameters: branchParameters(way) } : request);
  }
}

function focusSelected(): void {
  afterDraw(() => {
    document.querySelector<HTMLElement>('[role="treeitem"][aria-selected="true"]')?.focus();
  });
}

function pageOf({ session }: TabContext, editor: BranchEditor): ExperimentPage<BranchesResult> {
  const chat = chatForm(session);
  return {
    id: ID,
    title: t('Branches'),
    question: t('How else could the text continue?'),
    promise: t(
      'You will see a tree of continuations. Choose any token to see its alternatives, and follow another path. Exact enumeration finds the most probable continuations and proves it; beam search is shown step by step.',
    ),
    groups: [{ title: t('Prompt'), fields: chat.fields }, ...branchGroups],
    parameters: (values, prompt) => {
      const start = startOf(values);
      const edits = unpackEdits(valueText(values, 'edits'), treeKey(session.model, prompt, start));
      return branchesParameters.parse({
        prompt,
        start,
        alternatives: typedOf('alternatives', branchesParameters.parameters.alternatives, values),
        stop: typedOf('stop', branchesParameters.parameters.stop, values),
        edits,
        ...chat.typed(values),
      });
    },
    values: (value) => {
      const parameters = readParameters(value);
      if (!parameters) return {};
      const { prompt, start, alternatives, stop, edits } = parameters;
      return {
        ...startValues(start),
        ...valuesOf('alternatives', branchesParameters.parameters.alternatives, alternatives),
        ...valuesOf('stop', branchesParameters.parameters.stop, stop),
        edits: packEdits(treeKey(session.model, prompt, start), edits),
        ...chat.shown(parameters),
      };
    },
    line,
    read: parsedBy(branchesResultSchema),
    terms: branchTerms,
    report: branchesReport,
    pictures: (result) => [...beamPictures(result), ...treePicture(result)],
    lead: (shown, values) => treeView(editor, shown, values),
    view: (shown) =>
      html`${figuresView(
        shown,
        shown.pictures.filter(({ id }) => id !== TREE),
      )}`,
  };
}

function line(values: FormValues): string {
  const text = (name: string): string => valueText(values, name);
  const length = typedCount(text('length'), '{0} token', '{0} tokens');
  const starts: Readonly<Record<string, string>> = {
    greedy: t('greedy, {0}', length),
    samples: t(
      '{0} of {1}, T {2}, seed {3}',
      typedCount(text('texts'), '{0} text', '{0} texts'),
      length,
      text('temperature'),
      text('seed'),
    ),
    exact: t(
      '{0} most probable of {1}',
      text('best'),
      typedCount(text('exactLength'), '{0} token', '{0} tokens'),
    ),
    beam: `${typedCount(text('beams'), '{0} beam', '{0} beams')}, ${length}`,
    alternatives: t('the next token'),
  };
  return t(
    '{0}; {1}, {2} ahead{3}',
    starts[text('start')] ?? '',
    typedCount(text('alternatives'), '{0} alternative', '{0} alternatives'),
    typedCount(text('ahead'), '{0} token', '{0} tokens'),
    shortOf('stop', branchesParameters.parameters.stop, values),
  );
}

function treeView(
  editor: BranchEditor,
  { result }: ShownParts<BranchesResult>,
  values: FormValues,
): TemplateResult | typeof nothing {
  if (result.nodes.length < 2) return nothing;
  const layout = editor.layout(result);
  const selected = editor.selected(result);
  const blocked = editor.blocked(result);
  const edits = editor.edits(result).length;
  const lines = editor.lines(layout, selected);
  const hidden = layout.branches.length - lines;
  const ends = layout.ends.filter((index) => index > 0).length;
  const onSelect = (index: number): void => {
    editor.select(layout, index);
  };
  const onPin = (index: number): void => {
    editor.pin(result, layout.path(index));
  };
  const onPrune = (index: number): void => {
    editor.prune(result, layout.path(index));
  };
  const onUndo = (): void => {
    editor.undo(result);
  };
  return html`<section class="branches" data-testid="branches" aria-labelledby="tree-title">
    <div class="branches-tools">
      <h2 id="tree-title">${t('Tree')}</h2>
      ${infoButton('branchTree')}
      <span class="quiet"
        >${count(ends, '{0} path', '{0} paths')},
        ${count(result.nodes.length - 1, '{0} token', '{0} tokens')}</span
      >
      <button
        type="button"
        class="link"
        data-testid="undo"
        title=${t('Undo the last change (Ctrl+Z in the tree)')}
        ?disabled=${edits === 0 || blocked !== null}
        @click=${onUndo}
      >
        ${edits > 0 ? t('Undo ({0})', thousands(edits)) : t('Undo')}
      </button>
      <button
        type="button"
        class="link"
        data-testid="clear"
        title=${t('Undo all changes')}
        ?disabled=${edits === 0 || blocked !== null}
        @click=${() => {
          editor.clear(result);
        }}
      >
        ${t('Start again')}
      </button>
      ${legendView()}
    </div>
    ${
      edits === 0
        ? html`<p class="quiet">
            ${t('Click a token to see its alternatives; click an alternative to follow it.')}
          </p>`
        : nothing
    }
    <div class="branches-body">
      <div class="branch-lines">
        ${branchTreeView({
          layout,
          promptEnd: result.promptEnd,
          selected,
          lines,
          onSelect,
          onPrune,
          onPin,
          onUndo,
          onEnter: () => {
            document
              .querySelector<HTMLElement>('.branch-place [data-rove][tabindex="0"], .branch-place button')
              ?.focus();
          },
        })}
        ${
          hidden === 0
            ? nothing
            : html`<button
                type="button"
                class="link"
                data-testid="more-lines"
                @click=${() => {
                  editor.drawMore();
                }}
              >
                ${count(hidden, '{0} more line', '{0} more lines')}
              </button>`
        }
      </div>
      ${branchPlaceView({
        layout,
        selected,
        ahead: aheadOf(values),
        alternatives: readParameters(result.provenance.parameters)?.alternatives ?? 0,
        blocked,
        insertBlocked: editor.insertBlocked(result),
        feedback: editor.feedback,
        onSelect,
        onTake: (path) => {
          editor.take(result, path, values);
        },
        onExpand: (path) => {
          editor.expand(result, path);
        },
        onPin,
        onPrune,
        onAct: (action) => void editor.act(result, selected, action),
        onLeave: focusSelected,
      })}
    </div>
  </section>`;
}
