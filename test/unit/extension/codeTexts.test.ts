/** The sentences of the extension's code: all can be translated, and all are into French. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { builtInPresets } from '../../../src/core/samplers/presets';
import { TOKEN_BY_TOKEN } from '../../../src/experiments/kit/scoringCost';
import { english } from '../../../src/extension/translate';
import type { DownloadPhase } from '../../../src/library/progress';
import type { CatalogListing } from '../../../src/library/types';
import { VARIANTS } from '../../../src/library/variants';
import { spacing } from './translations';

const FOLDER = 'src/extension';
const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const french = read('l10n/bundle.l10n.fr.json') as Readonly<Record<string, string>>;
const catalog = read('models/catalog.json') as {
  readonly bundled: readonly { readonly about: string }[];
  readonly models: readonly { readonly about: string }[];
};

/** What `known` of words.ts is given: texts that modules hold as data. The types keep these lists complete. */
const PHASES: Record<DownloadPhase, true> = {
  'other-window': true,
  listing: true,
  checking: true,
  downloading: true,
  waiting: true,
  finishing: true,
};
const STATES: Record<Exclude<CatalogListing['state'], 'absent' | 'here'>, true> = {
  downloading: true,
  paused: true,
};
const DATA = [
  ...Object.values(builtInPresets).flatMap(({ name, description }) => [name, description]),
  ...Object.values(VARIANTS).flatMap(({ label, about }) => [label, about]),
  ...[...catalog.bundled, ...catalog.models].map(({ about }) => about),
  ...Object.keys(PHASES),
  ...Object.keys(STATES),
  TOKEN_BY_TOKEN,
];

/** Calls that translate: VS Code's own, and what modules without VS Code are given in its place. */
const TRANSLATES = /^(vscode\.l10n\.t|(this\.)?translate)$/;

/** Properties that a user reads. */
const SHOWN =
  /^(title|label|description|detail|placeHolder|prompt|openLabel|tooltip|message|saveLabel|sentence|question|spoken)$/;

/** Proper names, which are the same in every language, and values that a command or a setting takes. */
const UNTRANSLATED = ['Decoding Lab', 'off', 'manual', 'automatic'];

/** For the page in the panel, which speaks English. */
const FOR_THE_PAGE = [' words with fixed logits, editable'];

interface Found {
  readonly place: string;
  readonly text: string;
}
const keys: Found[] = [];
const computed: string[] = [];
const forgotten: Found[] = [];

/** The literal text that an expression begins with; undefined for what is computed. */
function literal(node: ts.Expression | undefined): string | undefined {
  if (!node) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    // An icon or a sign beside translated parts is no sentence.
    const parts = [node.head.text, ...node.templateSpans.map((span) => span.literal.text)];
    const words = parts.join('').replace(/\$\([\w~-]+\)/g, '');
    return /\p{L}{2}/u.test(words) ? words : undefined;
  }
  if (ts.isBinaryExpression(node)) return literal(node.left) ?? literal(node.right);
  if (ts.isConditionalExpression(node)) return literal(node.whenTrue) ?? literal(node.whenFalse);
  if (ts.isParenthesizedExpression(node)) return literal(node.expression);
  return undefined;
}

for (const file of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.ts')) continue;
  const source = ts.createSourceFile(
    file,
    readFileSync(join(FOLDER, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const shows = (node: ts.Expression | undefined): void => {
    const text = literal(node);
    if (
      node &&
      text !== undefined &&
      /\p{L}/u.test(text) &&
      ![...UNTRANSLATED, ...FOR_THE_PAGE].includes(text)
    ) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      forgotten.push({ place: `${file}:${line + 1}`, text });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const callee = node.expression.getText();
      if (TRANSLATES.test(callee)) {
        const [first] = node.arguments;
        if (first && ts.isStringLiteralLike(first)) keys.push({ place: file, text: first.text });
        else computed.push(file);
      } else if (/^(tell\.(information|warning|error)|ask|showProgress|fillMarkdown)$/.test(callee)) {
        node.arguments.forEach(shows);
      }
    } else if (ts.isNewExpression(node) && /(Error|TreeItem|CodeAction)$/.test(node.expression.getText())) {
      // A plain Error is for the log, or becomes a part of a sentence.
      if (node.expression.getText() !== 'Error') shows(node.arguments?.[0]);
    } else if (ts.isPropertyAssignment(node) && SHOWN.test(node.name.getText())) {
      shows(node.initializer);
    } else if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      ts.isPropertyAccessExpression(node.left) &&
      SHOWN.test(node.left.name.text)
    ) {
      shows(node.right);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

const wanted = new Set([...keys.map(({ text }) => text), ...DATA]);
const places = (text: string): string[] => [...new Set(text.match(/\{[^}]*\}/g))].sort();

describe('The sentences of the extension', () => {
  it('are all found', () => {
    expect(keys.length).toBeGreaterThan(80);
    // VS Code looks a sentence up as it stands in the code: one that is computed there could not be listed.
    expect(computed).toEqual(['words.ts']);
  });

  it('go through the translation wherever a user reads them', () => {
    // The built-in presets are data, which the views translate.
    expect(forgotten.filter(({ place }) => !place.startsWith('presets/presets.ts'))).toEqual([]);
  });

  it('are all in French, and nothing else is', () => {
    expect(Object.keys(french).sort()).toEqual([...wanted].sort());
  });

  it('keep their places for what is filled in', () => {
    for (const [key, text] of Object.entries(french)) expect(places(text), key).toEqual(places(key));
  });

  it('are set in French as French is', () => {
    for (const [key, text] of Object.entries(french)) {
      expect(text.trim(), key).not.toBe('');
      expect(spacing(text), key).toEqual([]);
    }
  });

  it('are filled in without VS Code as VS Code fills them in', () => {
    expect(english('{0} of {1}, {0}', 'a{1}', 2)).toBe('a{1} of 2, a{1}');
    expect(english('{0} and {1}', 'one')).toBe('one and {1}');
  });
});
