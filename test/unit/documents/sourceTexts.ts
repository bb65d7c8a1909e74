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

/** All texts of the code and of its translations' keys. */
export function sourceTexts(): string[] {
  const texts: string[] = [];
  for (const file of [...sourcesOf('src'), ...sourcesOf('webview')]) {
    for (const node of nodesOf(parsed(file))) {
      if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || ts.isBinaryExpression(node)) {
        texts.push(textOf(node));
      }
    }
  }
  const manifest = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Readonly<Record<string, string>>;
  return [...texts, ...Object.values(manifest)].map((text) => text.replace(/\s+/g, ' '));
}

/** Texts in the lists that are assigned to a property, for example the columns of tables. */
export function listedUnder(property: string, folder: string): string[] {
  const found = new Set<string>();
  for (const file of sourcesOf(folder)) {
    for (const node of nodesOf(parsed(file))) {
      if (!ts.isPropertyAssignment(node) || !ts.isIdentifier(node.name)) continue;
      if (node.name.text !== property) continue;
      for (const inner of nodesOf(node.initializer)) {
        if (ts.isStringLiteralLike(inner) || ts.isTemplateExpression(inner)) found.add(textOf(inner));
      }
    }
  }
  return [...found];
}
