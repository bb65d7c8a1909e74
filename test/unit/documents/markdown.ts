/** The repository's Markdown, parsed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import GithubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';
import type Token from 'markdown-it/lib/token.mjs';

/** What is no text of the repository: packages, builds, what runs leave behind. */
const OTHERS = new Set(['node_modules', 'dist', 'out', 'artifacts', '.git', '.vscode-test', 'shared']);

function markdownBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return OTHERS.has(entry.name) ? [] : markdownBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Paths of all Markdown files, from the root of the repository. */
export const markdownFiles: readonly string[] = markdownBelow('.');

/** What people read of the product; the release notes speak of the past. */
export const documents = markdownFiles.filter((file) => /^(README|SECURITY|docs)\b/.test(file));

const parser = new MarkdownIt({ html: true });

export interface Page {
  readonly text: string;
  /** Targets of links, and sources of images. */
  readonly links: readonly string[];
  readonly images: readonly { readonly source: string; readonly description: string }[];
  /** What headings can be reached by, as GitHub names them. */
  readonly anchors: ReadonlySet<string>;
  readonly codes: readonly string[];
  /** Texts in bold. */
  readonly bold: readonly string[];
  /** Text that is neither code nor an address. */
  readonly prose: string;
}

function* flat(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    yield token;
    if (token.children) yield* flat(token.children);
  }
}

const textOf = (tokens: readonly Token[]): string =>
  tokens.map(({ type, content }) => (type === 'text' || type === 'code_inline' ? content : '')).join('');

/** Texts between the marks of bold. */
function boldOf(children: readonly Token[]): string[] {
  const found: string[] = [];
  children.forEach(({ type }, from) => {
    if (type !== 'strong_open') return;
    const end = children.findIndex((token, at) => at > from && token.type === 'strong_close');
    found.push(textOf(children.slice(from, end)));
  });
  return found;
}

export function pageOf(file: string): Page {
  const text = readFileSync(file, 'utf8');
  const tokens = parser.parse(text, {});
  const all = [...flat(tokens)];
  const slugger = new GithubSlugger();
  const headings = tokens.flatMap(({ type }, i) =>
    type === 'heading_open' ? [textOf(tokens[i + 1]!.children ?? [])] : [],
  );
  return {
    text,
    links: all.flatMap((token) => (token.type === 'link_open' ? [token.attrGet('href') ?? ''] : [])),
    images: all
      .filter(({ type }) => type === 'image')
      .map((token) => ({ source: token.attrGet('src') ?? '', description: token.content })),
    anchors: new Set(headings.map((heading) => slugger.slug(heading))),
    codes: all.filter(({ type }) => type === 'code_inline').map(({ content }) => content),
    bold: all.flatMap(({ type, children }) => (type === 'inline' ? boldOf(children ?? []) : [])),
    prose: all
      .filter(({ type }) => type === 'text')
      .map(({ content }) => content)
      .join('\n'),
  };
}
