import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { registry } from '../../../../src/experiments/registry';
import { COURSE, courseReport } from '../../../../webview/course/steps';

interface Walkthrough {
  readonly steps: readonly {
    readonly id: string;
    readonly description: string;
    readonly media: { readonly markdown: string };
  }[];
}
const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const manifest = read('package.json') as {
  readonly contributes: { readonly walkthroughs: readonly Walkthrough[] };
};

describe('The course', () => {
  it.each(COURSE.flatMap(({ actions }) => actions.map((action) => [action.tab, action] as const)))(
    'gives %s parameters that its experiment takes',
    (tab, { parameters }) => {
      const experiment = Object.entries(registry).find(([name]) => name === tab)?.[1];
      // What a step leaves out, the tab's own controls have.
      const rest = {
        prompt: 'Once',
        text: 'Once',
        target: 'upon',
        leadingSpace: true,
        directory: '',
        settings: {},
      };
      if (experiment && Object.keys(parameters).length > 0) {
        expect(() => experiment.parse({ ...rest, ...parameters })).not.toThrow();
      } else {
        expect(parameters).toEqual({});
      }
    },
  );

  it('has the steps of the walkthrough', () => {
    const [walkthrough] = manifest.contributes.walkthroughs;
    expect(walkthrough!.steps.map(({ id }) => id)).toEqual(COURSE.map(({ id }) => id));
  });

  it.each(['package.nls.json', 'package.nls.fr.json'])(
    'has by %s a page for each step of the walkthrough, and a link that opens it',
    (path) => {
      const texts = read(path) as Readonly<Record<string, string>>;
      const text = (reference: string): string => texts[reference.slice(1, -1)] ?? '';
      for (const { id, description, media } of manifest.contributes.walkthroughs[0]!.steps) {
        expect(existsSync(text(media.markdown)), text(media.markdown)).toBe(true);
        expect(text(description)).toContain(`command:decodingLab.course?%22${id}%22`);
      }
    },
  );

  it('reports every question, answered or not', () => {
    const report = courseReport({ temperature: '  It flattens.  ' });
    expect(report).toContain('It flattens.\n');
    expect(report.match(/^## \d\. /gm)).toHaveLength(6);
    expect(report.match(/Not answered yet/g)).toHaveLength(5);
  });
});
