/** What the library says where VS Code speaks French. */
import '../l10n/inFrench';
import { describe, expect, it } from 'vitest';
import { joinProblems } from '../../../src/library/hub';
import { fileProblem, LibraryError } from '../../../src/library/libraryError';
import { ListingWatch } from '../../../src/library/listingWatch';
import { parseEntries } from '../../../src/library/catalog';
import { describePlace } from '../../../src/library/installedModels';
import { gaveUp, RetryLater } from '../../../src/library/retryPolicy';
import { VARIANTS } from '../../../src/library/variants';
import { leftInEnglish } from '../l10n/english';
import { frenchHoles } from '../l10n/holes';

function isFrench(sentence: string): void {
  expect(frenchHoles(sentence)).toEqual([]);
  expect(leftInEnglish(sentence), sentence).toBeUndefined();
}

describe('in French', () => {
  const doings = ['be made', 'be moved', 'be moved into place', 'be removed', 'be locked'] as const;
  const others = ['be opened', 'be read', 'be written'] as const;

  it.each([...doings, ...others])('a file that could not %s is told of', (doing) => {
    for (const code of ['ENOSPC', 'EFBIG', 'EACCES', 'EIO']) {
      isFrench(fileProblem('modèle', doing, Object.assign(new Error('raison'), { code })).message);
    }
    expect(fileProblem('x', doing, new LibraryError('busy', 'Déjà dit.')).message).toBe('Déjà dit.');
  });

  it('a hub that does not answer is told of, and begins as a sentence does', () => {
    const failure = gaveUp(new RetryLater('la connexion à hub s’est interrompue'), 6);
    isFrench(failure.message);
    expect(failure.message).toMatch(/^La connexion à hub s’est interrompue, 6 fois de suite\. /);
    isFrench(joinProblems([failure, failure]).message);
    const watch = new ListingWatch('hub', 'a/b', 60_000);
    watch.ask('1');
    expect(() => {
      watch.ask('1');
    }).toThrow('hub, interrogé sur la liste des fichiers de a/b, en envoie une page pour la deuxième fois. ');
  });

  it('an entry of a catalogue that is wrong is told of', () => {
    expect(() => parseEntries([{ id: 'A', repo: 'a/b' }], 'Le paramètre')).toThrow(
      'Le paramètre\u00a0: 0.id doit être formé d’au plus 64 lettres minuscules, chiffres, points et tirets\u00a0; valeur reçue\u00a0: "A".',
    );
  });

  it('a model is described', async () => {
    const shape = { layers: 1, heads: 4, width: 128, context: 256, vocabulary: 50257 };
    const inspected = { shape, format: 'safetensors', parameters: 812_345, bytes: 0, files: [], notes: [] };
    const { description } = await describePlace(
      { id: 'x', kind: 'imported', folder: 'x', directory: '/nowhere', record: undefined },
      { free: 1e9, total: 2e9 },
      { inUse: false, lastUsed: undefined },
      () => Promise.resolve(inspected as never),
      { bundled: [], catalog: [] },
    );
    expect(description.replace(/\s/g, ' ')).toBe(
      'GPT-2 : 0,8 M de paramètres, 1 couche, 4 têtes, largeur 128, contexte 256, 0 o sur le disque',
    );
    expect(VARIANTS.int8.label).toBe('8 bits exacts');
  });
});
