/** The controls of Branches: from what is typed to parameters, and back. */
import {
  ahead,
  BRANCH_STARTS,
  branchesParameters,
  parseStart,
  type BranchEdit,
  type BranchesParameters,
  type BranchStart,
} from '../../../src/experiments/branches/parameters';
import { t } from '../../../src/l10n/language';
import { fieldsOf, readOrNull, typedOf, valuesOf } from '../../form/declared';
import type { FieldGroup, FormValues } from '../../form/form';
import type { Way } from '../../frame/way';

/** Names in the form of what has another name, or another default, in another start. */
const NAMES: Readonly<Record<string, string>> = {
  'samples.count': 'texts',
  'exact.length': 'exactLength',
  'exact.count': 'best',
};

/** The parameters of every start, by their names in the form. */
const CONTROLS = BRANCH_STARTS.flatMap(({ kind, parameters }) =>
  Object.entries(parameters).map(([key, parameter]) => ({
    kind,
    key,
    name: NAMES[`${kind}.${key}`] ?? key,
    parameter,
  })),
);

const startFields = CONTROLS.filter(
  ({ name }, i) => CONTROLS.findIndex((control) => control.name === name) === i,
).flatMap(({ name, parameter }) =>
  fieldsOf(name, parameter, {
    applies: ({ start }) => CONTROLS.some((control) => control.name === name && control.kind === start),
  }),
);

export const branchGroups: readonly FieldGroup[] = [
  {
    title: t('The tree begins with'),
    fields: [
      {
        kind: 'choice',
        name: 'start',
        label: t({ message: 'start', comment: 'of a tree' }),
        term: 'branchStart',
        initial: branchesParameters.parameters.start.default.kind,
        options: BRANCH_STARTS.map(({ kind, label }) => ({ value: kind, label })),
      },
      ...startFields,
    ],
  },
  {
    title: t('While you explore it'),
    fields: [
      ...fieldsOf('alternatives', branchesParameters.parameters.alternatives),
      ...fieldsOf('ahead', ahead),
      ...fieldsOf('stop', branchesParameters.parameters.stop),
      { kind: 'kept', name: 'edits', label: t('edits'), initial: '' },
    ],
  },
];

/** The start that the controls ask for. @throws RangeError */
export function startOf(values: FormValues): BranchStart {
  const { start } = values;
  const controls = CONTROLS.filter(({ kind }) => kind === start);
  const typed = controls.map(({ key, name, parameter }) => [key, typedOf(name, parameter, values)] as const);
  return parseStart({ kind: start, ...Object.fromEntries(typed) });
}

/** The inverse of `startOf`. */
export function startValues(start: BranchStart): FormValues {
  const given: Readonly<Record<string, unknown>> = start;
  const shown = CONTROLS.filter(({ kind }) => kind === start.kind).flatMap(({ key, name, parameter }) =>
    Object.entries(valuesOf(name, parameter, given[key])),
  );
  return { start: start.kind, ...Object.fromEntries(shown) };
}

export function aheadOf(values: FormValues): number {
  try {
    return ahead.read(typedOf('ahead', ahead, values), {});
  } catch {
    return 0;
  }
}

/** How much of a prompt's end tells it from others. */
const PROMPT_END = 2000;

/** What edits belong to: in a tree of another model, prompt or start their paths would mean something else. */
export function treeKey(model: string, prompt: string, start: BranchStart): string {
  return JSON.stringify([model, prompt.length, prompt.slice(-PROMPT_END), start]);
}

export function packEdits(key: string, edits: readonly BranchEdit[]): string {
  return edits.length === 0 ? '' : JSON.stringify({ key, edits });
}

/** The edits that were packed for this tree; none for another one, or for what cannot be read. */
export function unpackEdits(packed: string, key: string): readonly BranchEdit[] {
  if (packed === '') return [];
  try {
    const kept = JSON.parse(packed) as { readonly key?: unknown; readonly edits?: unknown };
    return kept.key === key ? branchesParameters.parameters.edits.read(kept.edits, {}) : [];
  } catch {
    return [];
  }
}

/** Parameters from a saved result or from outside; null for what are none. */
export function readParameters(value: unknown): BranchesParameters | null {
  return readOrNull(() => branchesParameters.parse(value));
}

/** Tokens of a text that a tree takes over, and those that another way goes on by. */
const TAKEN = 1024;
const AHEAD = 8;
const ALTERNATIVES = 8;

/** A tree that begins with a text, looked at in one place of it. */
export function branchParameters({ prompt, ids, index, id }: Way): BranchesParameters {
  const before = ids.slice(0, index);
  const edits: BranchEdit[] = [
    { edit: 'take', path: ids.slice(0, TAKEN), ahead: 0 },
    { edit: 'expand', path: before },
    ...(id === ids[index] ? [] : [{ edit: 'take' as const, path: [...before, id], ahead: AHEAD }]),
  ];
  return { prompt, start: { kind: 'alternatives' }, alternatives: ALTERNATIVES, edits };
}
