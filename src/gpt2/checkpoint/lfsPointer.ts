import { ModelFileError } from './modelFileError';
import { t } from '../../l10n/language';

/** How Git LFS begins the short text that stands for a large file (https://git-lfs.com, "Git LFS Specification"). */
const POINTER = 'version https://git-lfs.github.com/spec/';

/** Refuses a file that is a pointer of Git LFS. @param beginning what it begins with. @throws ModelFileError */
export function refuseLfsPointer(file: string, beginning: Uint8Array): void {
  if (Buffer.from(beginning.subarray(0, POINTER.length)).toString() !== POINTER) return;
  throw new ModelFileError(
    t(
      '{0} is not the file itself but a pointer of Git LFS, a short text that stands for it. Fetch the file in its folder with "git lfs pull", or download the model anew.',
      file,
    ),
  );
}
