/** A language in which every sentence is marked, to see in a page which texts are translated and which are not. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { bundleOf } from '../../l10n/bundles.mjs';
import { repository } from '../../scripts/lib/paths';

/** For private use, as BCP 47 has it. */
export const MARKED = 'qps';

const FILE = join(repository, 'dist', 'l10n', `bundle.l10n.${MARKED}.json`);

/** English sentences, each between marks. */
export async function writeMarked(): Promise<void> {
  const keys = Object.keys(bundleOf('fr'));
  await mkdir(join(FILE, '..'), { recursive: true });
  await writeFile(FILE, JSON.stringify(Object.fromEntries(keys.map((key) => [key, `⟦${sentenceOf(key)}⟧`]))));
}

export const removeMarked = (): Promise<void> => rm(FILE, { force: true });

/** A key without the comment that tells it from others. */
const sentenceOf = (key: string): string => key.replace(/^(.*[^/\s])\/[a-z][^/]*$/s, '$1');

/** What is not the product's own text: tokens, texts, what a user or a model gave, formulas and sources. */
const FOREIGN = [
  '.token-text, .code, .chip, .token, .tinted, .completion-text, .formula, .prompt-text, textarea, pre, code',
  '[data-token-id], [data-testid="place"], .passage-plain, .server-address, .mark',
].join(', ');

/** Proper names and signs, the same in all languages, and what `Intl` puts into a list. A name may be in two elements. */
const NAMES =
  /\b(Decoding Lab|GPT-2|fireside|kindling|The Verdict|A\/B|Hugging Face|llama\.cpp|vLLM|Ollama|top-[kp]|min-p|typical-p|XTC|DRY|mirostat|SVG|Ctrl|nats|bits|Jensen-\s*Shannon|float(?:32|64)|AdamW|and)\b/gi;

/**
 * The texts and labels of the page that are not between the marks. What is set in the editor's font is code or a
 * token: not the product's own.
 */
export async function unmarked(frame: Frame): Promise<string[]> {
  const { labels, text } = await frame.evaluate((foreign) => {
    const labels: string[] = [];
    const texts: string[] = [];
    const own = getComputedStyle(document.body).fontFamily;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node instanceof Element ? node : node.parentElement!;
      if (element.closest(foreign) || /^(SCRIPT|STYLE)$/.test(element.tagName)) continue;
      if (!element.checkVisibility()) continue;
      if (node instanceof Element) {
        for (const name of ['aria-label', 'title', 'placeholder'])
          if (node.getAttribute(name)) labels.push(node.getAttribute(name)!);
      } else if (getComputedStyle(element).fontFamily === own) texts.push(node.nodeValue ?? '');
    }
    // A sentence with elements in it is in several texts.
    return { labels, text: texts.join('\n') };
  }, FOREIGN);
  return [...new Set([...labels, text].flatMap((one) => outsideMarks(one).split('\n')))].filter((piece) =>
    /\p{L}{3}/u.test(piece),
  );
}

/** What is left of a text outside the marks. */
function outsideMarks(text: string): string {
  let left = text;
  // A sentence may be filled in with others.
  for (let before = ''; before !== left;) [before, left] = [left, left.replace(/⟦[^⟦⟧]*⟧/g, '')];
  return left.replace(/[“«"'][^”»"'\n]*[”»"']/g, '').replace(NAMES, '');
}
