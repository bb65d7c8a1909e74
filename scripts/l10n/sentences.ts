/** The sentences that a person reads, found in the code: those that are translated, and text that is not. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { repository } from '../lib/paths';

export interface Found {
  /** `src/core/draw.ts:12` */
  readonly place: string;
  readonly text: string;
}

export interface Sentences {
  /** Keys of bundles, each with the parts of the bundle whose code has it. */
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>;
  /** Places where a sentence is translated that is not written out there. */
  readonly computed: readonly string[];
  /** Text that reaches a person as it stands. */
  readonly bare: readonly Found[];
}

/** Calls that translate, each with how many of its arguments, from which on, are sentences. */
const TRANSLATES = new Map<string, readonly [from: number, count: number]>([
  ['t', [0, 1]],
  ['vscode.l10n.t', [0, 1]],
  ['counted', [1, 2]],
  ['typedCount', [1, 2]],
]);

/** In the page. */
const COUNT = [1, 2] as const;

/** Modules that pass a sentence on which stands elsewhere. */
const PASSES_ON = [
  'src/l10n/language.ts',
  'src/extension/words.ts',
  'webview/format/numbers.ts',
  'webview/format/typedNumber.ts',
];

/** Properties that a user reads. */
const SHOWN =
  /^(title|label|description|detail|placeHolder|placeholder|prompt|openLabel|tooltip|saveLabel|sentence|question|spoken|promise|note|about|hint|heading|caption)$/;

/** Attributes of elements that a user reads. */
const ATTRIBUTES =
  /\s(?:title|aria-label|aria-description|aria-roledescription|aria-valuetext|placeholder|label|alt)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** Proper names and signs, the same in every language. */
const NAMES = new Set([
  ...['Decoding Lab', 'Jensen-Shannon', 'top-k', 'top-p', 'transformers.js', 'node-llama-cpp'],
  ...['off', 'manual', 'automatic', 'Ctrl', 'AdamW'],
  ...['Adaptive-p', 'Min-p', 'Mirostat', 'Mirostat 2', 'P-less', 'Top-a', 'Top-h', 'Top-k', 'Top-nσ'],
]);

/** Whether a text has words. */
const hasWords = (text: string): boolean =>
  /\p{L}{2}/u.test(text.replace(/\$\([\w~-]+\)|&\w+;/g, '')) && !NAMES.has(text);

/** The part of the bundle for the sentences of a file: an experiment's has those of its slice in the page too. */
export function partOf(file: string): string {
  const [top = '', room = '', slice = ''] = file.split('/');
  const isFolder = (name: string): boolean => name !== '' && !name.endsWith('.ts');
  if (room === 'experiments' && isFolder(slice) && slice !== 'kit' && slice !== 'report') return slice;
  if (top === 'src') return room;
  return isFolder(room) && room !== 'frame' && room !== 'experiments' ? room : 'page';
}

/** What is written out in an expression, with `{}` for what is computed; undefined where it is all computed. */
function literals(node: ts.Expression | undefined): ts.Expression[] {
  if (!node) return [];
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) return [node];
  if (ts.isBinaryExpression(node)) return [...literals(node.left), ...literals(node.right)];
  if (ts.isConditionalExpression(node)) return [...literals(node.whenTrue), ...literals(node.whenFalse)];
  if (ts.isParenthesizedExpression(node)) return literals(node.expression);
  return [];
}

function textOf(node: ts.Expression): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return '';
  return node.head.text + node.templateSpans.map(({ literal }) => `{}${literal.text}`).join('');
}

/** The text between the tags of a template of lit, and in attributes that are read. */
function shownIn(template: string): string[] {
  const attributes = [...template.matchAll(ATTRIBUTES)].map(([, double, single]) => double ?? single ?? '');
  const between = template
    .replace(/<!--.*?-->/gs, ' ')
    .replace(/<style[^>]*>.*?<\/style>/gs, ' ')
    .replace(/<\/?[a-zA-Z][^<>]*>/g, '\n')
    .split('\n');
  return [...attributes, ...between].map((text) => text.replaceAll('{}', '').trim()).filter(hasWords);
}

class Reader {
  readonly keys = new Map<string, Set<string>>();
  readonly computed: string[] = [];
  readonly bare: Found[] = [];

  read(file: string): void {
    const text = readFileSync(join(repository, file), 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const place = (node: ts.Node): string =>
      `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    const shows = (node: ts.Expression | undefined): void => {
      for (const literal of literals(node)) {
        const shown = textOf(literal);
        if (hasWords(shown.replaceAll('{}', ''))) this.bare.push({ place: place(literal), text: shown });
      }
    };
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) this.#call(node, file, place(node), shows);
      else if (ts.isTaggedTemplateExpression(node) && /^(html|svg)$/.test(node.tag.getText())) {
        for (const shown of shownIn(textOf(node.template)))
          this.bare.push({ place: place(node), text: shown });
      } else if (
        ts.isNewExpression(node) &&
        /(Error|TreeItem|CodeAction|Answer)$/.test(node.expression.getText())
      ) {
        // A plain Error is for the log, or becomes a part of a sentence.
        if (node.expression.getText() !== 'Error') for (const one of sentencesOf(node)) shows(one);
      } else if (ts.isPropertyAssignment(node) && SHOWN.test(node.name.getText())) {
        if (!isTold(node.parent) && !isKey(node)) shows(node.initializer);
      } else if (
        ts.isBinaryExpression(node) &&
        node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
        ts.isPropertyAccessExpression(node.left) &&
        SHOWN.test(node.left.name.text)
      )
        shows(node.right);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }

  #call(
    node: ts.CallExpression,
    file: string,
    place: string,
    shows: (node: ts.Expression | undefined) => void,
  ): void {
    const callee = node.expression.getText();
    const sentences = callee === 'count' && file.startsWith('webview/') ? COUNT : TRANSLATES.get(callee);
    if (!sentences) {
      if (/^(tell\.(information|warning|error)|ask|showProgress|fillMarkdown)$/.test(callee))
        node.arguments.forEach(shows);
      return;
    }
    const [from, count] = sentences;
    for (const argument of node.arguments.slice(from, from + count)) {
      const key = keyOf(argument);
      if (key !== undefined) this.#add(key, partOf(file));
      else if (!ts.isSpreadElement(argument) && !PASSES_ON.includes(file)) {
        const written = literals(argument).filter(ts.isStringLiteralLike);
        if (written.length === 0) this.computed.push(place);
        for (const { text } of written) this.#add(text, partOf(file));
      }
    }
  }

  #add(key: string, part: string): void {
    this.keys.set(key, (this.keys.get(key) ?? new Set()).add(part));
  }
}

/** What an error is made of, without the word that names its kind: `new LibraryError('disk', 'The disk is full.')`. */
function sentencesOf({ arguments: all }: ts.NewExpression): readonly ts.Expression[] {
  const [kind, ...others] = all ?? [];
  if (!kind) return [];
  const isCode = others.length > 0 && ts.isStringLiteralLike(kind) && /^[a-z]+(?:-[a-z]+)*$/.test(kind.text);
  return isCode ? others : [kind, ...others];
}

/** Whether a property is named as its own text: that is a key of somebody's settings. */
function isKey({ name, initializer }: ts.PropertyAssignment): boolean {
  return ts.isStringLiteralLike(initializer) && initializer.text === name.getText();
}

/** Whether these are the fields of a sentence with a comment. */
function isTold(node: ts.Node): boolean {
  return ts.isObjectLiteralExpression(node) && keyOf(node) !== undefined;
}

/** The key of a sentence that is written out, with its comment where it has one. */
function keyOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const field = (name: string): string | undefined => {
    const found = node.properties.find(
      (p): p is ts.PropertyAssignment => ts.isPropertyAssignment(p) && p.name.getText() === name,
    );
    return found && ts.isStringLiteralLike(found.initializer) ? found.initializer.text : undefined;
  };
  const [message, comment] = [field('message'), field('comment')];
  return message === undefined || comment === undefined ? undefined : `${message}/${comment}`;
}

/** Files with the product's code, as paths in the repository. */
export function productFiles(): string[] {
  return ['src', 'webview'].flatMap((top) =>
    readdirSync(join(repository, top), { recursive: true, encoding: 'utf8' })
      .map((file) => `${top}/${file.replaceAll('\\', '/')}`)
      .filter((file) => /(?<!\.d)\.ts$/.test(file) && dirname(file) !== 'webview/dev'),
  );
}

/** Reads the product's code, or these files of it. */
export function readSentences(files: readonly string[] = productFiles()): Sentences {
  const reader = new Reader();
  for (const file of files) reader.read(file);
  return reader;
}
