/** Languages of documents with such a text, as VS Code names them. */
export const DOCUMENT_LANGUAGES = ['python', 'shellscript', 'jsonc', 'dockerfile', 'javascript'] as const;
export type DocumentLanguage = (typeof DOCUMENT_LANGUAGES)[number];
