/** Raised whenever a message changes its meaning; a page of another version asks to be reopened. */
export const PROTOCOL_VERSION = 1;
