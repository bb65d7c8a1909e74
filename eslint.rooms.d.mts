export declare const folders: readonly string[];
export declare const allowed: Readonly<Record<string, readonly string[]>>;
export declare const ofPageAllowed: readonly string[];
