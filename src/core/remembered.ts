/**
 * A function of a text that remembers what it said last: a chain is parsed at every keystroke and made for every
 * prompt, and compiling an expression takes time.
 * @param most texts whose answers are kept.
 */
export function remembered<Answer extends object | string>(
  most: number,
  find: (text: string) => Answer,
): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = find(text);
    if (answers.size >= most) answers.delete(answers.keys().next().value!);
    answers.set(text, answer);
    return answer;
  };
}
