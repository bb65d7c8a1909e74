/** Branches of a model whose server lists only some tokens. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { branches } from '../../../../src/experiments/branches';
import { branchesReport } from '../../../../src/experiments/branches/report';
import { branchesResultSchema, type BranchesResult } from '../../../../src/experiments/branches/result';
import { letters } from '../letterModel';
import { runExperiment } from '../running';
import { serve } from '../servedModel';

async function samples(temperature: number, topK: number | null, listed?: number): Promise<BranchesResult> {
  const start = { kind: 'samples', count: 8, length: 6, temperature, topK, seed: 3 };
  const { model } = serve(letters(3, 8, 7), listed === undefined ? {} : { listed });
  return (await runExperiment(branches, model, { prompt: 'abc', start, alternatives: 3, edits: [] })).result;
}

describe('samples of a served model', () => {
  it('say how many ended at the list, and by how much their probabilities may be off', async () => {
    const result = await samples(2, null, 4);
    expect(result.sampled?.unlisted).toBeGreaterThan(0);
    expect(result.sampled?.off).toBeGreaterThan(0);
    expect(result.provenance.drawnBy).toBe('here');
    expect(branchesReport.summary(result).join(' ')).toMatch(
      /\d+ samples? ended because .* not list\..* are not exact: they are off by at most \d/,
    );
    expect(v.parse(branchesResultSchema, result)).toEqual(result);
  });

  it('say nothing of the kind where a top-k stays within the list, or all tokens are listed', async () => {
    for (const result of [await samples(2, 2, 4), await samples(2, null)]) {
      expect(result.sampled).toBeUndefined();
      expect(result.provenance.drawnBy).toBe('here');
    }
  });
});
