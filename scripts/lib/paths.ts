/** Where things lie in the repository. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A path inside the repository. */
export const inRepository = (...parts: string[]): string => join(repository, ...parts);

/** What runs leave behind for people: reports and screenshots. Ignored by git. */
export const artifacts = inRepository('artifacts');
export const screenshots = join(artifacts, 'screenshots');

/** What runs need and may keep: the VS Code server, downloaded editors. Ignored by git. */
export const cache = inRepository('.vscode-test');

export const sampleDocument = inRepository('media', 'sample.md');
