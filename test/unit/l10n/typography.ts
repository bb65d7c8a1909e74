/** What French typography asks for and a program can check. */

/**
 * Places where a French text has an ordinary space, at which a line could break, or none at all where one that
 * cannot break belongs; and straight apostrophes. Code and addresses are left out.
 */
export function spacing(text: string): string[] {
  const prose = text.replace(/`[^`]*`/g, '`').replace(/\]\([^)]*\)|\bhttps?:\S+/g, ']');
  return [
    ...(prose.match(/.{0,20} [:;?!»%](?![\w/])/gu) ?? []),
    ...(prose.match(/.{0,20}[\p{L}\p{N})}`*][:;?!»](?=[\s*_]|$)/gu) ?? []),
    ...(prose.match(/.{0,20}«[^\u00A0\u202F].?/gu) ?? []),
    ...(prose.match(/.{0,20}\p{L}'[\p{L}«`].?/gu) ?? []),
  ];
}
