import * as vscode from 'vscode';
import { TOY_DEFAULT } from '../core/toyModel';
import type { ModelSource } from '../engine/client';
import { listModels, type LibraryModel } from '../library/models';
import type { ModelChoice, Toy } from '../protocol/messages';

/** A model that was asked for but is not in the library. */
export class UnknownModelError extends Error {
  constructor(id: string, known: readonly string[]) {
    super(`There is no model named "${id}". Choose one of: ${known.join(', ')}.`);
  }
}

/** The models a person can choose from, and how the engine finds each. */
export class Library {
  readonly #root: string;

  constructor(extensionUri: vscode.Uri) {
    this.#root = vscode.Uri.joinPath(extensionUri, 'models').fsPath;
  }

  async choices(): Promise<ModelChoice[]> {
    const models = await this.#models();
    return [
      ...models.map(({ id, name, description }) => ({ id, name, kind: 'gpt2' as const, description })),
      {
        id: 'toy',
        name: 'toy vocabulary',
        kind: 'toy' as const,
        description: `${TOY_DEFAULT.words.length} words with fixed logits, editable`,
      },
    ];
  }

  /** @throws UnknownModelError */
  async source(id: string, toy: Toy | undefined): Promise<ModelSource> {
    if (id === 'toy') return { kind: 'toy', ...(toy ?? TOY_DEFAULT) };
    const models = await this.#models();
    const model = models.find((m) => m.id === id);
    if (!model) throw new UnknownModelError(id, [...models.map((m) => m.id), 'toy']);
    return { kind: 'gpt2', id: model.id, name: model.name, directory: model.directory };
  }

  #models(): Promise<LibraryModel[]> {
    return listModels(this.#root);
  }
}
