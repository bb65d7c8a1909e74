/**
 * Where VS Code shows text is reached through `src/extension/shown` alone, which quotes it for its place. Each rule
 * has a way of getting round it and what to use instead.
 */
const places = [
  'show(Error|Warning|Information)Message',
  'withProgress',
  'setStatusBarMessage',
  'showQuickPick',
  'createQuickPick',
  'showWorkspaceFolderPick',
  'showInputBox',
  'createInputBox',
  'showOpenDialog',
  'showSaveDialog',
  'createStatusBarItem',
  'createTreeView',
  'registerTreeDataProvider',
  'TreeItem',
  'MarkdownString',
  'Hover',
  'LanguageModelTextPart',
  'LanguageModelToolResult',
  'LanguageModelDataPart',
  'LanguageModelPromptTsxPart',
].join('|');
const message = 'Text goes to this place through src/extension/shown, which quotes it.';

export const shownOnly = [
  'error',
  { selector: `MemberExpression[property.type="Identifier"][property.name=/^(${places})$/]`, message },
  { selector: `MemberExpression[computed=true][property.value=/^(${places})$/]`, message },
  { selector: `ObjectPattern > Property[key.name=/^(${places})$/]`, message },
  {
    selector: 'ImportDeclaration[source.value="vscode"][importKind!="type"] > ImportSpecifier',
    message: 'Import vscode as a whole, so that the lint rules see what of it is used.',
  },
  {
    selector: 'CallExpression[callee.name="fillMarkdown"] > .arguments:first-child[arguments.length>1]',
    message: 'Give what is filled in to fillMarkdown, which quotes it, and the template as it is translated.',
  },
  {
    selector: ':matches(TSAsExpression, TSTypeAssertion) > TSTypeReference[typeName.name="Markdown"]',
    message: 'Markdown is made by fillMarkdown, which quotes what is foreign.',
  },
];
