/** What the page keeps over a reload, in the state that VS Code stores for it. */
import { effect } from '@preact/signals-core';
import * as v from 'valibot';
import { promptSourceSchema } from '../../src/protocol/messages';
import type { ServerRemark } from './serverRemark';
import type { Session } from './session';
import type { Tab } from './tab';

/** Milliseconds without a change after which the page's state is stored. */
const STORE_AFTER = 300;

const pageMemorySchema = v.object({
  version: v.literal(1),
  model: v.nullable(v.string()),
  toy: v.array(v.object({ word: v.string(), logit: v.string() })),
  source: v.nullable(promptSourceSchema),
  /** The prompt as the document has it, and the one to go back to, where the prompt was made from them. */
  inDocument: v.optional(v.nullable(promptSourceSchema), null),
  before: v.optional(v.nullable(promptSourceSchema), null),
  tab: v.string(),
  /** Addresses of servers of which it was read that texts go there. */
  servers: v.optional(v.array(v.string()), []),
  /** Each tab's own memory, by its id; the tab checks it. */
  tabs: v.record(v.string(), v.unknown()),
});
export type PageMemory = v.InferOutput<typeof pageMemorySchema>;

/** Reads a stored state; null for none, or for one of another version. */
export function readPageMemory(value: unknown): PageMemory | null {
  const parsed = v.safeParse(pageMemorySchema, value);
  return parsed.success ? parsed.output : null;
}

/** Reads what is worth keeping, which costs little; what it returns makes the state of that. */
export function packPage(
  { model, toyDraft, source, sourceInDocument, before }: Session,
  active: Tab,
  tabs: readonly Tab[],
  { closed: servers }: Pick<ServerRemark, 'closed'>,
): () => PageMemory {
  const packs = tabs.map((one) => [one.id, one.save()] as const);
  return () => ({
    version: 1,
    model: model === '' ? null : model,
    toy: [...toyDraft],
    source,
    inDocument: sourceInDocument,
    before,
    tab: active.id,
    servers: [...servers],
    tabs: Object.fromEntries(packs.map(([id, pack]) => [id, pack()])),
  });
}

/** The inverse of `packPage`, but for the tab in front. */
export function unpackPage(
  memory: PageMemory,
  session: Session,
  tabs: readonly Tab[],
  remark: Pick<ServerRemark, 'closed'>,
): void {
  remark.closed = memory.servers;
  session.model = memory.model ?? '';
  session.toyDraft = memory.toy;
  session.source = memory.source;
  session.sourceInDocument = memory.inDocument ?? (memory.source?.kind === 'typed' ? null : memory.source);
  session.before = memory.before;
  for (const tab of tabs) tab.restore(memory.tabs[tab.id]);
}

/**
 * Stores the page's state when nothing of it has changed for a while, and when the focus leaves it.
 * @param pack reads the state from signals; what it returns makes it
 */
export function storeInTime(pack: () => () => PageMemory, store: (memory: PageMemory) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let changed: (() => PageMemory) | undefined;
  let first = true;
  const storeNow = (): void => {
    clearTimeout(timer);
    if (changed) store(changed());
    changed = undefined;
  };
  // Whoever reloads the window or closes it leaves the page first, and may do so right after a change.
  window.addEventListener('blur', storeNow);
  effect(() => {
    const packed = pack();
    if (!first) {
      changed = packed;
      clearTimeout(timer);
      timer = setTimeout(storeNow, STORE_AFTER);
    }
    first = false;
  });
}

/** Little-endian float32 numbers as text, since VS Code stores JSON. */
export function packFloats(values: Float32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let binary = '';
  // Arguments of one call are limited in number.
  for (let at = 0; at < bytes.length; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(binary);
}

/** The inverse of `packFloats`; null for text that it did not make. */
export function unpackFloats(text: string): Float32Array | null {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return bytes.length % 4 === 0 ? new Float32Array(bytes.buffer) : null;
  } catch {
    return null;
  }
}
