/** The READMEs' table of settings, from `package.json` and its texts in each language. */
import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { inRepository } from './paths';

interface Property {
  readonly markdownDescription: string;
  readonly default: unknown;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Manifest {
  readonly contributes: {
    readonly configuration: readonly {
      readonly title: string;
      readonly properties: Readonly<Record<string, Property>>;
    }[];
  };
}

/** A README, the texts of its language, and the heads of the columns in it. */
export const READMES = [
  { file: 'README.md', texts: 'package.nls.json', heads: ['setting', 'default', 'what it does'], before: '' },
  {
    file: 'README.fr.md',
    texts: 'package.nls.fr.json',
    heads: ['paramètre', 'par défaut', 'ce qu’il fait'],
    // French has a space that does not break before its colons and semicolons.
    before: '\u00A0',
  },
] as const;

export type Readme = (typeof READMES)[number];

const BEGIN = '<!-- settings -->';
const END = '<!-- /settings -->';

const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(inRepository(file), 'utf8'));

/** A README as it stands, and as it should be. @throws Error where the place of the table is not marked */
export async function withSettings(readme: Readme): Promise<{ now: string; wanted: string }> {
  const { file, texts, heads, before } = readme;
  const manifest = (await json('package.json')) as Manifest;
  const known = (await json(texts)) as Readonly<Record<string, string>>;
  const text = (key: string): string => known[key.replace(/^%|%$/g, '')] ?? key;
  const groups = manifest.contributes.configuration.flatMap(({ title, properties }) => [
    `| **${text(title)}** | | |`,
    ...Object.entries(properties).map(([name, property]) => rowOf(name, property, text, before)),
  ]);
  const table = [`| ${heads.join(' | ')} |`, '| --- | --- | --- |', ...groups].join('\n');
  const now = await readFile(inRepository(file), 'utf8');
  const [from, to] = [now.indexOf(BEGIN), now.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${file} has no ${BEGIN} before ${END}.`);
  const filled = `${now.slice(0, from + BEGIN.length)}\n\n${table}\n\n${now.slice(to)}`;
  const path = inRepository(file);
  return { now, wanted: await format(filled, { ...(await resolveConfig(path)), filepath: path }) };
}

function rowOf(name: string, property: Property, text: (key: string) => string, before: string): string {
  const { markdownDescription, enum: values = [], enumDescriptions = [] } = property;
  const choices = values.map((value, i) => `\`${value}\`${before}: ${text(enumDescriptions[i]!)}`);
  // What VS Code makes a link to another setting.
  const description = text(markdownDescription).replace(/`#([^`#]+)#`/g, '`$1`');
  const whole = choices.length === 0 ? description : `${description} ${choices.join(`${before}; `)}.`;
  return `| \`${name}\` | ${shown(property)} | ${whole.replaceAll('|', '\\|')} |`;
}

/** The value that holds where nothing is set, and its limits. */
function shown({ default: value, minimum, maximum }: Property): string {
  const range = maximum === undefined ? '' : ` (${minimum ?? 0}–${maximum})`;
  return `\`${JSON.stringify(value)}\`${range}`;
}
