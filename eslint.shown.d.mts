import type { Linter } from 'eslint';

export declare const shownOnly: Linter.RuleEntry;
