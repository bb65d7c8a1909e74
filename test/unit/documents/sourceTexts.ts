/** What the code says to people, as it stands in its source: every literal text, with `…` for what is filled in. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Source files below a folder. */
export function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

export const parsed = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);

/** Every node below one, itself included. */
export function nodesOf(node: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (inner: ts.Node): void => {
    nodes.push(inner);
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return nodes;
}

/** A text whose places, however they are written, are `…`. */
export const withPlaces = (text: string): string => text.replace(/\{[^{}]*\}/g, '…');

/** The text of an expression; `…` for what is computed. */
function textOf(node: ts.Expression): string {
  if (ts.isStringLiteralLike(node)) return withPlaces(node.text);
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return textOf(node.left) + textOf(node.right);
  }
  return '…';
}

let known: readonly string[] | undefined;

/** All texts of the code and of the manifest; read once for all test files of a process. */
export function sourceTexts(): readonly string[] {
  known ??= readTexts();
  return known;
}

function readTexts(): string[] {
  const texts: string[] = [];
  for (const file of [...sourcesOf('src'), ...sourcesOf('webview')]) {
    for (const node of nodesOf(parsed(file))) {
      if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || ts.isBinaryExpression(node)) {
        const text = textOf(node);
        // In HTML, what stands between two tags is a text of its own.
        texts.push(text, ...(text.includes('<') ? text.split(/<[^>]*>/) : []));
      }
    }
  }
  const manifest = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Readonly<Record<string, string>>;
  return [...texts, ...Object.values(manifest)].map((text) => text.replace(/\s+/g, ' ').trim());
}

/** The value of an object's property, where another one stands beside it. */
function listOf(
  { properties }: ts.ObjectLiteralExpression,
  property: string,
  beside: string,
): ts.Expression | undefined {
  const named = (name: string): ts.ObjectLiteralElementLike | undefined =>
    properties.find((one) => one.name && ts.isIdentifier(one.name) && one.name.text === name);
  const found = named(property);
  return found && ts.isPropertyAssignment(found) && named(beside) ? found.initializer : undefined;
}

/** Texts in the lists that are assigned to a property beside another one: the columns of tables, which have formats. */
export function listedUnder(property: string, beside: string, folder: string): string[] {
  const found = new Set<string>();
  for (const file of sourcesOf(folder)) {
    for (const node of nodesOf(parsed(file))) {
      const list = ts.isObjectLiteralExpression(node) ? listOf(node, property, beside) : undefined;
      if (!list) continue;
      const inside = nodesOf(list);
      // What tells translators two meanings apart is not shown.
      const comments = new Set(
        inside.flatMap((inner) =>
          ts.isPropertyAssignment(inner) && ts.isIdentifier(inner.name) && inner.name.text === 'comment'
            ? [inner.initializer as ts.Node]
            : [],
        ),
      );
      for (const inner of inside) {
        if (comments.has(inner)) continue;
        if (ts.isStringLiteralLike(inner) || ts.isTemplateExpression(inner)) found.add(textOf(inner));
      }
    }
  }
  return [...found];
}
