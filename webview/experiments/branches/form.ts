/** The controls of Branches: from what is typed to parameters, and back. */
import { branches, parseAhead, parseAlternatives, parseStart } from '../../../src/experiments/branches';
import type { BranchEdit, BranchesParameters, BranchStart } from '../../../src/experiments/branches/result';
import { typedNumber, valueText, type Field, type FieldGroup, type FormValues } from '../../form/form';
import { seedField } from '../../form/seedField';

const STARTS: readonly { readonly value: BranchStart['kind']; readonly label: string }[] = [
  { value: 'greedy', label: 'greedy' },
  { value: 'samples', label: 'samples' },
  { value: 'exact', label: 'exact' },
  { value: 'beam', label: 'beams' },
  { value: 'alternatives', label: 'next token' },
];

const OFF = 'off';

/** Good values of every start, into which a field puts its own to have it checked. */
const SOUND = {
  length: 1,
  count: 1,
  temperature: 1,
  topK: null,
  seed: 0,
  budget: 1,
  beams: 1,
  lengthPenalty: 1,
};

function field(
  name: string,
  label: string,
  initial: string,
  kinds: readonly BranchStart['kind'][],
  options: {
    readonly parameter?: string;
    readonly term?: string;
    readonly read?: (text: string) => unknown;
  } = {},
): Field {
  const { parameter = name, term, read = typedNumber } = options;
  return {
    kind: 'text',
    name,
    label,
    initial,
    ...(term === undefined ? {} : { term }),
    applies: (values) => kinds.some((kind) => kind === values['start']),
    check: (typed) => parseStart({ ...SOUND, kind: kinds[0], [parameter]: read(typed) }),
  };
}

function typedTopK(text: string): number | string | null {
  return text.trim() === OFF ? null : typedNumber(text);
}

export const branchGroups: readonly FieldGroup[] = [
  {
    title: 'The tree begins with',
    fields: [
      {
        kind: 'choice',
        name: 'start',
        label: 'start',
        term: 'branchStart',
        initial: 'greedy',
        options: STARTS,
      },
      field('length', 'tokens', '12', ['greedy', 'samples', 'beam']),
      field('exactLength', 'tokens', '4', ['exact'], { parameter: 'length', term: 'enumeration' }),
      field('texts', 'texts', '5', ['samples'], { parameter: 'count' }),
      field('best', 'continuations', '10', ['exact'], { parameter: 'count' }),
      field('budget', 'budget', '5000', ['exact'], { term: 'budget' }),
      field('beams', 'beams', '4', ['beam'], { term: 'beams' }),
      field('lengthPenalty', 'length penalty', '1', ['beam'], { term: 'lengthPenalty' }),
      field('temperature', 'temperature', '1', ['samples'], { term: 'temperature' }),
      field('topK', 'top-k', OFF, ['samples'], { term: 'topK', read: typedTopK }),
      { ...seedField(42), applies: (values) => values['start'] === 'samples' },
    ],
  },
  {
    title: 'While you explore it',
    fields: [
      {
        kind: 'text',
        name: 'alternatives',
        label: 'alternatives',
        term: 'alternatives',
        initial: '8',
        check: (typed) => parseAlternatives(typedNumber(typed)),
      },
      {
        kind: 'text',
        name: 'ahead',
        label: 'go on by tokens',
        term: 'ahead',
        initial: '8',
        check: (typed) => parseAhead(typedNumber(typed)),
      },
      { kind: 'kept', name: 'edits', label: 'edits', initial: '' },
    ],
  },
];

/** The start that the controls ask for. @throws RangeError */
export function startOf(values: FormValues): BranchStart {
  const number = (name: string): number | string => typedNumber(valueText(values, name));
  const kind = valueText(values, 'start');
  return parseStart({
    kind,
    length: number(kind === 'exact' ? 'exactLength' : 'length'),
    count: number(kind === 'exact' ? 'best' : 'texts'),
    budget: number('budget'),
    beams: number('beams'),
    lengthPenalty: number('lengthPenalty'),
    temperature: number('temperature'),
    topK: typedTopK(valueText(values, 'topK')),
    seed: number('seed'),
  });
}

/** The inverse of `startOf`. */
export function startValues(start: BranchStart): FormValues {
  const text = (value: number): string => String(value);
  const { kind } = start;
  switch (kind) {
    case 'alternatives':
      return { start: kind };
    case 'greedy':
      return { start: kind, length: text(start.length) };
    case 'samples':
      return {
        start: kind,
        length: text(start.length),
        texts: text(start.count),
        temperature: text(start.temperature),
        topK: start.topK === null ? OFF : text(start.topK),
        seed: text(start.seed),
      };
    case 'exact':
      return {
        start: kind,
        exactLength: text(start.length),
        best: text(start.count),
        budget: text(start.budget),
      };
    case 'beam':
      return {
        start: kind,
        length: text(start.length),
        beams: text(start.beams),
        lengthPenalty: text(start.lengthPenalty),
      };
  }
}

export function aheadOf(values: FormValues): number {
  try {
    return parseAhead(typedNumber(valueText(values, 'ahead')));
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
    if (kept.key !== key) return [];
    return (
      readParameters({ prompt: '', start: { kind: 'alternatives' }, alternatives: 1, edits: kept.edits })
        ?.edits ?? []
    );
  } catch {
    return [];
  }
}

/** Parameters from a saved result or from outside; null for what are none. */
export function readParameters(value: unknown): BranchesParameters | null {
  try {
    return branches.parse(value);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Tokens of a text that a tree takes over, and those that another way goes on by. */
const TAKEN = 1024;
const AHEAD = 8;
const ALTERNATIVES = 8;

/**
 * A tree that begins with a text by its token ids, looked at in one place of it.
 * @param id the token at that place: the text's own, or another to go on with.
 */
export function branchParameters(
  prompt: string,
  ids: readonly number[],
  index: number,
  id: number,
): BranchesParameters {
  const before = ids.slice(0, index);
  const edits: BranchEdit[] = [
    { edit: 'take', path: ids.slice(0, TAKEN), ahead: 0 },
    { edit: 'expand', path: before },
    ...(id === ids[index] ? [] : [{ edit: 'take' as const, path: [...before, id], ahead: AHEAD }]),
  ];
  return { prompt, start: { kind: 'alternatives' }, alternatives: ALTERNATIVES, edits };
}
