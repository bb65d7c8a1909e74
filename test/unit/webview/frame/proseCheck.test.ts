import { describe, expect, it } from 'vitest';
import { surprisal } from '../../../../src/experiments/surprisal';
import { surprisalParameters } from '../../../../src/experiments/surprisal/parameters';
import { loadCatalog } from '../../../../src/library/catalog';
import { loadGpt2 } from '../../../../src/onnx/loadGpt2';
import { ProseCheck } from '../../../../webview/frame/proseCheck';
import { Session } from '../../../../webview/frame/session';
import { Host, type RunRequest } from '../../../../webview/host';

const nothing = (): void => undefined;

/** Ordinary English: prose, dialogue, questions, news, and what the sample page has. */
const ENGLISH = [
  'Once upon a time there was a king who',
  'The frog sat in the well',
  '"I will not go," said the',
  'What is the capital of France?',
  'The capital of France is',
  'Every effort moves you',
  'Dear Sir, I am writing to',
  'Hello, how are you today?',
  'The stock market fell sharply on Monday as investors worried about inflation',
  'In 2019, researchers at Stanford published a paper on transformers',
  'Artificial intelligence will change the way we work because',
  'To be, or not to be, that is the question',
  'We should meet at 10:30 on Tuesday to discuss the budget.',
  '# A page to explore\n\nSelect a few words and press',
  'Water boils at 100 degrees and freezes at',
  'Please review my pull request when you have time, thanks!',
];

const FOREIGN = [
  'Il était une fois un roi qui',
  'Le chat est sur la table',
  'La capitale de la France est',
  'Es war einmal ein König, der',
  'Die Hauptstadt von Frankreich ist',
  'Había una vez un rey que tenía una hija muy hermosa',
  'def fibonacci(n):\n    if n < 2:\n        return n\n    return',
  'for i in range(10):',
  'function add(a, b) {\n  return a + b;\n}\n\nconst result =',
  '{"name": "decoding-lab", "version": "1.0.0", "dependencies": {',
  'SELECT name, age FROM users WHERE age > 30 ORDER BY',
  'git commit -m "fix" && npm run build',
];

describe.each((await loadCatalog('models/catalog.json')).bundled)(
  'a prompt for $id',
  async ({ id, kind, foreignAbove }) => {
    const model = await loadGpt2({ id, name: id, directory: `models/${id}` });

    /** The model's own answers, without the processes between. */
    const run = (_experiment: string, _model: string, _toy: undefined, asked: unknown): RunRequest => ({
      result: surprisal.run(model, surprisalParameters.parse(asked), {
        emit: nothing,
        pause: () => Promise.resolve(),
        signal: new AbortController().signal,
      }),
      cancel: nothing,
      tell: nothing,
    });

    interface Checked {
      readonly session: Session;
      readonly check: ProseCheck;
      readonly asked: () => number;
      /** What the model answers to what was asked last. */
      readonly answer: () => Promise<unknown>;
    }

    function checkOf(text: string): Checked {
      const session = new Session(new Host({ postMessage: nothing }, nothing, nothing, nothing));
      const choice = { id, name: id, kind: 'gpt2' as const, description: '' };
      session.welcome([{ ...choice, bundled: { kind, foreignAbove } }], id, {
        words: ['a'],
        logits: [0],
      });
      session.typePrompt(text);
      const source = session.source!;
      session.takeTokens({ source, model: id, toy: undefined, ids: [1], truncated: false, notes: [] });
      let count = 0;
      let answer: Promise<unknown> = Promise.resolve();
      const counted: Pick<Host, 'run' | 'log'> = {
        log: nothing,
        run: (experiment, id, _toy, asked) => {
          count += 1;
          const request = run(experiment, id, undefined, asked);
          answer = request.result;
          return request;
        },
      };
      const check = new ProseCheck(counted, session);
      return { session, check, asked: () => count, answer: () => answer };
    }

    /** What is said once the model has answered. */
    async function verdict(text: string): Promise<boolean> {
      const { check, answer } = checkOf(text);
      check.check();
      await answer();
      return check.hint !== null;
    }

    it.each(ENGLISH)('is told nothing of in English: %s', async (text) => {
      expect(await verdict(text)).toBe(false);
    });

    it.each(FOREIGN)('is told of: %s', async (text) => {
      expect(await verdict(text)).toBe(true);
    });

    it('is asked about once, and not told again once that was put away', async () => {
      const { check, asked } = checkOf(FOREIGN[0]!);
      check.check();
      check.check();
      expect(asked()).toBe(1);
      await expect.poll(() => check.hint).toEqual({ name: id, kind });
      check.dismiss();
      check.check();
      expect(check.hint).toBeNull();
      expect(asked()).toBe(1);
    });

    it('is told nothing of a few characters, or before the model has read it', () => {
      const { check, asked } = checkOf('Le chat');
      check.check();
      expect(asked()).toBe(0);
      const unread = checkOf(FOREIGN[0]!);
      unread.session.typePrompt('Je ne sais pas encore');
      unread.check.check();
      expect(unread.asked()).toBe(0);
    });
  },
);
