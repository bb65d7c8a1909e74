/** A model on a server: its setting, the command that connects it, and that nothing goes anywhere else. */
import * as assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  hasReferenceBeside,
  startReferenceBeside,
  type ReferenceServer,
} from '../unit/remote/referenceServer';
import { until } from './until';
import { extension, withSettings } from './workspaceTools';

/** What a user would be asked, and what is answered in his place, in order. */
type Asked =
  'showInputBox' | 'showQuickPick' | 'showInformationMessage' | 'showWarningMessage' | 'showErrorMessage';
type Answer = (first: unknown, options: unknown, ...rest: readonly unknown[]) => unknown;

/** Answers in the place of a user for a while. */
async function answering(answers: Partial<Record<Asked, Answer>>, run: () => Promise<void>): Promise<void> {
  const kinds = Object.keys(answers) as Asked[];
  const before = kinds.map((kind): unknown => vscode.window[kind]);
  for (const kind of kinds) {
    const answer = answers[kind]!;
    assert.ok(
      Reflect.set(vscode.window, kind, (first: unknown, options: unknown, ...rest: unknown[]) =>
        Promise.resolve(answer(first, options, ...rest)),
      ),
    );
  }
  try {
    await run();
  } finally {
    for (const [index, kind] of kinds.entries()) Reflect.set(vscode.window, kind, before[index]);
  }
}

const servers = (): unknown => vscode.workspace.getConfiguration('decodingLab').get('servers');

const labelOf = (item: unknown): string => (item as vscode.QuickPickItem).label;

describe('The setting of servers', () => {
  it('is the machine’s: a workspace cannot name one', async () => {
    const given = [{ name: 'hostile', address: 'http://127.0.0.1:9' }];
    await assert.rejects(async () => {
      await vscode.workspace
        .getConfiguration('decodingLab')
        .update('servers', given, vscode.ConfigurationTarget.Workspace);
    });
    assert.deepEqual(servers(), []);
  });
});

describe('Connecting to a model server', () => {
  let reference: ReferenceServer;

  before(async function () {
    const { extensionPath } = extension();
    if (!hasReferenceBeside(extensionPath)) this.skip();
    await extension().activate();
    const model = join(extensionPath, 'models', 'kindling');
    const options = ['--max-logprobs', 'all', '--api-key', 'k-secret'];
    reference = await startReferenceBeside(extensionPath, 'vllm', model, ...options);
  });

  after(async () => {
    // Undefined where the suite was skipped.
    await (reference as ReferenceServer | undefined)?.stop();
  });

  const connect = async (address: string, keys: string[]): Promise<readonly string[]> => {
    const said: string[] = [];
    await answering(
      {
        showInputBox: (options) => {
          const { title, password, value } = options as vscode.InputBoxOptions;
          if (password === true) return keys.shift();
          return title === 'Connect to a Model Server' ? address : value;
        },
        showInformationMessage: (message, options) => {
          const modal = typeof options === 'object' && options !== null;
          said.push(`${String(message)} ${modal ? String((options as vscode.MessageOptions).detail) : ''}`);
          return modal ? 'Connect' : undefined;
        },
        showErrorMessage: (message) => {
          said.push(String(message));
          return keys.length > 0 ? 'Enter a Key' : undefined;
        },
      },
      async () => {
        await vscode.commands.executeCommand('decodingLab.connectServer');
      },
    );
    return said;
  };

  it('asks for a key, another one where it is wrong, and says what answers and where texts go', async () => {
    const said = await connect(`${reference.address}/v1/`, ['k-wrong', 'k-secret']);
    assert.match(said[0]!, /enter the one that it was started with/);
    assert.match(said[1]!, /^vLLM .* answers at http:\/\/127\.0\.0\.1:\d+\./);
    assert.match(
      said[1]!,
      /It serves kindling\. .*can list the probability of every token\. It asks for a key\./,
    );
    assert.match(
      said[1]!,
      /The text you explore with this model is sent to http:\/\/127\.0\.0\.1:\d+ and nowhere else\.$/,
    );
    assert.match(said[2]!, /is connected: kindling can be chosen in every list of models/);
    assert.deepEqual(servers(), [{ name: '127.0.0.1', address: reference.address }]);
    assert.ok(!JSON.stringify(servers()).includes('k-secret'));
  });

  it('puts its models into the lists', async () => {
    let listed: string[] = [];
    await answering(
      {
        showQuickPick: (items) => {
          listed = (items as readonly unknown[]).map(labelOf);
          return undefined;
        },
      },
      async () => {
        await vscode.commands.executeCommand('decodingLab.useModel');
      },
    );
    assert.ok(listed.includes('kindling · 127.0.0.1'), listed.join(', '));
  });

  it('is undone: the server, its key and what is known of it are gone', async () => {
    await answering(
      { showQuickPick: (items) => (items as readonly unknown[])[0], showWarningMessage: () => 'Remove' },
      async () => {
        await vscode.commands.executeCommand('decodingLab.removeServer');
      },
    );
    assert.deepEqual(servers(), []);
    // It is asked for its key again.
    const said = await connect(reference.address, []);
    assert.deepEqual(said, []);
  });

  it('says why it cannot, and connects to nothing', async () => {
    const said = await connect('http://127.0.0.1:9', []);
    assert.equal(said.length, 1);
    assert.match(said[0]!, /127\.0\.0\.1:9.* cannot be reached: nothing answers there/);
    assert.deepEqual(servers(), []);
  });

  it('asks first where others could read the text, and sends nothing where they may not', async () => {
    const questions: string[] = [];
    await answering(
      {
        showInputBox: () => 'http://gpu1.example:8000',
        showWarningMessage: (message) => {
          questions.push(String(message));
          return undefined;
        },
      },
      async () => {
        await vscode.commands.executeCommand('decodingLab.connectServer');
      },
    );
    assert.deepEqual(questions, ['http://gpu1.example:8000 is not encrypted.']);
    assert.deepEqual(servers(), []);
  });

  it('is done by hand as well: entries of the setting are used, and wrong ones told', async () => {
    const near = { name: 'near', address: reference.address, tokenizers: { kindling: 'gpt2' } };
    await withSettings({ 'decodingLab.servers': [near, { name: 'near' }] }, async () => {
      let listed: string[] = [];
      await answering(
        {
          showQuickPick: (items) => {
            listed = (items as readonly unknown[]).map(labelOf);
            return undefined;
          },
        },
        async () => {
          await vscode.commands.executeCommand('decodingLab.useModel');
        },
      );
      assert.ok(listed.includes('kindling · near'), listed.join(', '));
    });
    await until('the setting is as before', () => JSON.stringify(servers()) === '[]');
  });
});
