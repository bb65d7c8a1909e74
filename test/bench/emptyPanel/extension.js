// A panel with one word in it, which is another at every call: what VS Code itself takes from a command to the screen.
const { commands, ViewColumn, window } = require('vscode');

const html = `<!DOCTYPE html>
<html lang="en">
<body>
  <p data-testid="word">word 0</p>
  <script>
    window.addEventListener('message', ({ data }) => {
      document.querySelector('p').textContent = data;
    });
  </script>
</body>
</html>`;

let panel;
let calls = 0;

exports.activate = ({ subscriptions }) => {
  // Says that commands will be heard.
  const status = window.createStatusBarItem('status', 1);
  status.text = 'empty panel';
  status.show();
  subscriptions.push(
    status,
    commands.registerCommand('emptyPanel.show', () => {
      if (panel) {
        calls += 1;
        panel.webview.postMessage(`word ${calls}`);
        panel.reveal();
        return;
      }
      panel = window.createWebviewPanel('emptyPanel', 'Empty Panel', ViewColumn.Beside, {
        enableScripts: true,
        retainContextWhenHidden: true,
      });
      panel.webview.html = html;
    }),
  );
};
