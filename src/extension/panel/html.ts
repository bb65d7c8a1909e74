import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { languageTag } from '../../l10n/language';
import { languageScript } from '../language';

/** The panel's page: nothing inline but the sentences of its language, nothing from outside the extension's own folder. */
export function panelHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', name)).toString();
  const policy = [
    "default-src 'none'",
    // The toolkit probes the browser with a style element of its own; it takes the nonce from the meta tag below.
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  const script = languageScript();
  const sentences = script === '' ? '' : `  <script nonce="${nonce}">${script}</script>\n`;
  return `<!DOCTYPE html>
<html lang="${languageTag}" data-numbers="${vscode.env.language.replace(/[^\w-]/g, '')}">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta property="csp-nonce" content="${nonce}">
  <meta name="viewport" content="width=device-width, initial-scale=1.0">
${sentences}  <script type="module" async nonce="${nonce}" src="${file('first.js')}"></script>
  <link rel="modulepreload" nonce="${nonce}" href="${file('chunk.js')}">
  <link rel="stylesheet" href="${file('panel.css')}">
  <title>Decoding Lab</title>
</head>
<body>
  <main id="app"></main>
  <script type="module" nonce="${nonce}" src="${file('panel.js')}"></script>
</body>
</html>`;
}
