import * as assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';

describe('The window that the suites run in', () => {
  it('is a VS Code that the extension supports', () => {
    const manifest = vscode.extensions.getExtension('decoding-lab.decoding-lab')!.packageJSON as {
      engines: { vscode: string };
    };
    const wanted = /^\^(\d+)\.(\d+)/.exec(manifest.engines.vscode)!;
    const [major, minor] = vscode.version.split('.').map(Number);
    assert.equal(major, Number(wanted[1]));
    assert.ok(minor! >= Number(wanted[2]), `${vscode.version} is older than ${wanted[0]}`);
  });

  it('loads the extension from its source folder, built', () => {
    const { extensionPath } = vscode.extensions.getExtension('decoding-lab.decoding-lab')!;
    const processes = ['extension.js', 'whole.js', 'engine.js', 'pulseThread.js', 'inspector.js'];
    for (const file of [...processes, join('webview', 'panel.js')]) {
      assert.ok(existsSync(join(extensionPath, 'dist', file)), `dist/${file} is missing`);
    }
    // Packages that are read at first use, which may be long after the start.
    for (const file of processes) {
      const source = readFileSync(join(extensionPath, 'dist', file), 'utf8');
      for (const [, late] of source.matchAll(/require\(["'`](\.\/packages\/[^"'`]+)["'`]\)/g)) {
        assert.ok(
          existsSync(join(extensionPath, 'dist', late!)),
          `dist/${file} needs ${late}, which is missing`,
        );
      }
    }
  });

  it('has the sample document in its workspace', async () => {
    const [document] = await vscode.workspace.findFiles('sample.md');
    assert.ok(document);
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(document));
    assert.match(text, /Once upon a time there was a king who/);
  });
});
