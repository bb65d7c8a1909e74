/** What VS Code calls the panel, also when it brings one back after a reload. */
export const PANEL = 'decodingLab.panel';
