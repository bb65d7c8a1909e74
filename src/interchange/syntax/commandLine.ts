/** The flags of llama.cpp's programs, and the keys of its server that they stand for. */
import { parse } from 'shell-quote';
import { t } from '../../l10n/language';
import { isList, shown, type Json, type Settings } from '../settings';

type Kind = 'number' | 'text' | 'texts' | 'bias' | 'names' | 'letters' | 'json';

interface Flag {
  readonly key: string;
  readonly kind: Kind;
  /** The first is written, all are read. */
  readonly flags: readonly string[];
}

const number = (key: string, ...flags: string[]): Flag => ({ key, kind: 'number', flags });

const FLAGS: readonly Flag[] = [
  { key: 'logit_bias', kind: 'bias', flags: ['--logit-bias', '-l'] },
  { key: 'json_schema', kind: 'json', flags: ['--json-schema', '-j'] },
  { key: 'grammar', kind: 'text', flags: ['--grammar'] },
  number('repeat_penalty', '--repeat-penalty'),
  number('frequency_penalty', '--frequency-penalty'),
  number('presence_penalty', '--presence-penalty'),
  number('repeat_last_n', '--repeat-last-n'),
  number('dry_multiplier', '--dry-multiplier'),
  number('dry_base', '--dry-base'),
  number('dry_allowed_length', '--dry-allowed-length'),
  number('dry_penalty_last_n', '--dry-penalty-last-n'),
  { key: 'dry_sequence_breakers', kind: 'texts', flags: ['--dry-sequence-breaker'] },
  number('top_n_sigma', '--top-nsigma', '--top-n-sigma'),
  number('top_k', '--top-k'),
  number('typical_p', '--typical', '--typical-p'),
  number('top_p', '--top-p'),
  number('min_p', '--min-p'),
  number('xtc_probability', '--xtc-probability'),
  number('xtc_threshold', '--xtc-threshold'),
  number('temperature', '--temp', '--temperature'),
  number('dynatemp_range', '--dynatemp-range'),
  number('dynatemp_exponent', '--dynatemp-exp'),
  number('mirostat', '--mirostat'),
  number('mirostat_tau', '--mirostat-ent'),
  number('mirostat_eta', '--mirostat-lr'),
  number('adaptive_target', '--adaptive-target'),
  number('adaptive_decay', '--adaptive-decay'),
  { key: 'samplers', kind: 'names', flags: ['--samplers'] },
  { key: 'samplers', kind: 'letters', flags: ['--sampler-seq', '--sampling-seq'] },
  number('n_predict', '-n', '--predict', '--n-predict'),
  number('seed', '--seed', '-s'),
  { key: 'stop', kind: 'texts', flags: ['--reverse-prompt', '-r'] },
  { key: 'prompt', kind: 'text', flags: ['--prompt', '-p'] },
];

/** Flags of the model, the machine and the way of talking. */
const ASIDE = [
  ...['-m', '--model', '-mu', '--model-url', '-hf', '--hf-repo', '-hff', '--hf-file', '-a', '--alias'],
  ...[
    '-c',
    '--ctx-size',
    '-t',
    '--threads',
    '-tb',
    '--threads-batch',
    '-b',
    '--batch-size',
    '-ub',
    '--ubatch-size',
  ],
  ...[
    '-ngl',
    '--gpu-layers',
    '--n-gpu-layers',
    '-fa',
    '--flash-attn',
    '-sm',
    '--split-mode',
    '-ts',
    '--tensor-split',
  ],
  ...[
    '-mg',
    '--main-gpu',
    '-ctk',
    '--cache-type-k',
    '-ctv',
    '--cache-type-v',
    '--host',
    '--port',
    '-np',
    '--parallel',
  ],
  ...[
    '-cnv',
    '--conversation',
    '-no-cnv',
    '--no-conversation',
    '-i',
    '--interactive',
    '-e',
    '--escape',
    '--no-escape',
  ],
  ...[
    '--color',
    '--no-display-prompt',
    '--simple-io',
    '--keep',
    '--log-disable',
    '-v',
    '--verbose',
    '--no-warmup',
  ],
  ...[
    '--mlock',
    '--no-mmap',
    '--numa',
    '--jinja',
    '--chat-template',
    '-f',
    '--file',
    '-sys',
    '--system-prompt',
  ],
];

/** Letters of `--sampler-seq`. */
const LETTERS: Readonly<Record<string, string>> = {
  e: 'penalties',
  d: 'dry',
  s: 'top_n_sigma',
  k: 'top_k',
  y: 'typ_p',
  p: 'top_p',
  m: 'min_p',
  x: 'xtc',
  t: 'temperature',
  a: 'adaptive_p',
};

/** Words of a command line with quotation marks where a shell needs them, one flag with its values a line. */
export function writeFlags(settings: Settings): readonly string[] {
  return FLAGS.filter(({ kind }) => kind !== 'letters').flatMap(({ key, kind, flags }) => {
    const value = settings[key];
    return value === undefined ? [] : wordsOf(kind, value).map((word) => `${flags[0]!} ${quoted(word)}`);
  });
}

/** Within single quotation marks a shell changes nothing, line ends, `!` and backticks included. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

function wordsOf(kind: Kind, value: Json): readonly string[] {
  if (kind === 'json') return [JSON.stringify(value)];
  if (!isList(value)) return [word(value)];
  if (kind === 'names') return [value.map(word).join(';')];
  if (kind !== 'bias') return value.length === 0 ? ['none'] : value.map(word);
  return value.filter(isList).map(([id = null, added = null]) => {
    const sign = typeof added === 'number' && added >= 0 ? '+' : '';
    return `${word(id)}${added === false ? '-inf' : sign + word(added)}`;
  });
}

const word = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

export interface FlagsReading {
  readonly settings: Settings;
  /** Sentences: flags and values that were not understood. */
  readonly problems: readonly string[];
  /** Flags of the model and the machine. */
  readonly aside: readonly string[];
}

/** Words as a shell would pass them on; comments and continued lines are read as one. */
export function wordsOfCommand(text: string): readonly string[] {
  // What stands in quotation marks stays as it is; shells of Windows continue lines by ^ and by `.
  const line = text.replace(/^[ \t]*#[^\n]*$|'[^']*'|"(?:[^"\\]|\\[^])*"|[\\^`]\r?\n/gm, (found) =>
    /^["']/.test(found) ? found : ' ',
  );
  try {
    return parse(line, (name) => `$${name}`).flatMap((word) =>
      typeof word === 'string' ? [word] : 'pattern' in word ? [word.pattern] : [],
    );
  } catch {
    // A variable that no shell would take, such as `${`: the flags before and behind it can be read all the same.
    return line.split(/\s+/).filter((word) => word !== '');
  }
}

export function readFlags(words: readonly string[]): FlagsReading {
  const settings: Record<string, Json> = {};
  const problems: string[] = [];
  const aside: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith('-')) continue;
    const [name, behind] = splitFlag(word);
    const flag = FLAGS.find(({ flags }) => flags.includes(name));
    const next = words[at + 1];
    const takes = behind === undefined && next !== undefined && (flag !== undefined || !next.startsWith('-'));
    const value = behind ?? (takes ? next : undefined);
    if (takes) at += 1;
    if (!flag) {
      if (ASIDE.includes(name)) aside.push(name);
      else
        problems.push(t('{0}: not understood here.', value === undefined ? name : `${name} ${shown(value)}`));
    } else if (value === undefined) problems.push(t('{0} has no value.', name));
    else read(flag, name, value, settings, problems);
  }
  return { settings, problems, aside };
}

/** llama.cpp takes underscores for hyphens in long flags. */
function splitFlag(word: string): [name: string, value: string | undefined] {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  const name = equals === -1 ? word : word.slice(0, equals);
  return [
    name.startsWith('--') ? name.replaceAll('_', '-') : name,
    equals === -1 ? undefined : word.slice(equals + 1),
  ];
}

function read(
  { key, kind }: Flag,
  name: string,
  value: string,
  settings: Record<string, Json>,
  problems: string[],
): void {
  const earlier = settings[key];
  const before = isList(earlier) ? earlier : [];
  switch (kind) {
    case 'number':
      if (value.trim() !== '' && Number.isFinite(Number(value))) settings[key] = Number(value);
      else problems.push(t('{0} is {1}; it must be a number.', name, shown(value)));
      return;
    case 'text':
      settings[key] = value;
      return;
    case 'texts':
      settings[key] = key === 'dry_sequence_breakers' && value === 'none' ? [] : [...before, value];
      return;
    case 'names':
      settings[key] = value.split(';').filter((one) => one !== '');
      return;
    case 'letters':
      settings[key] = Array.from(value, (letter) =>
        Object.hasOwn(LETTERS, letter) ? LETTERS[letter]! : letter,
      );
      return;
    case 'json':
      settings[key] = value;
      return;
    case 'bias': {
      const [, id, added] = /^(\d+)([+-].+)$/.exec(value) ?? [];
      const bias = added === '-inf' ? false : Number(added);
      if (id !== undefined && (bias === false || Number.isFinite(bias))) {
        settings[key] = [...before, [Number(id), bias]];
      } else
        problems.push(
          t('{0} is {1}; it must be a token id with +N, -N or -inf behind it.', name, shown(value)),
        );
    }
  }
}
