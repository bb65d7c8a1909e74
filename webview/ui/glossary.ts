/** What the page's technical words mean: one sentence, one formula, one source each. */
import { catalog, definitionOf } from '../../src/core/samplers/catalog';
import type { SamplerName } from '../../src/core/samplers/chain';
import { t } from '../../src/l10n/language';
import { written } from '../../src/l10n/numbers';
import { measureTerms } from './measureTerms';
import { windowTerms } from './windowTerms';

export interface Term {
  readonly title: string;
  readonly sentence: string;
  readonly formula: string;
  readonly source: string;
}

const sampler = (name: SamplerName): Term => {
  const { label, explanation, formula, paper } = definitionOf(name).about;
  return { title: label, sentence: explanation, formula, source: paper };
};

const shared: Readonly<Record<string, Term>> = {
  ...Object.fromEntries(catalog.map(({ name }) => [name, sampler(name)])),
  ...measureTerms,
  ...windowTerms,
  topK: sampler('top-k'),
  topP: sampler('top-p'),
  greedy: {
    title: t('Greedy'),
    sentence: t(
      'Takes the most probable token at every step. Nothing is drawn, so every sample is the same and the samplers have no effect.',
    ),
    formula: t('next = the token with the largest logit, the lowest id among equals'),
    source: 'Raschka, Build a Large Language Model (From Scratch), 2024',
  },
  maxNewTokens: {
    title: t('Max new tokens'),
    sentence: t('A sample stops after this many tokens, or earlier at the end-of-text token.'),
    formula: t('prompt + new tokens ≤ context length of the model'),
    source: 'Radford et al., Language Models are Unsupervised Multitask Learners, 2019',
  },
  stop: {
    title: t('Stop strings'),
    sentence: t(
      'A text ends as soon as one of these appears in it, however it is split into tokens; what appeared is left out. Type one per line; \\n stands for a line end.',
    ),
    formula: t('text = what comes before the first stop string'),
    source: 'vLLM and the OpenAI API name it stop, Hugging Face stop_strings',
  },
  samples: {
    title: t('Samples'),
    sentence: t(
      'How many continuations to draw. With 0, only the probabilities of the next token are shown.',
    ),
    formula: t('sample i has its own random stream (seed, i), so it is the same among 8 or among 64'),
    source: 'Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, 2018',
  },
  seed: {
    title: t('Seed'),
    sentence: t(
      'The number that the random draws begin from. The same seed, settings, prompt and model give the same tokens, on any machine.',
    ),
    formula: t('token = the first id whose cumulative probability exceeds u, u uniform in [0, 1)'),
    source: 'Devroye, Non-Uniform Random Variate Generation, 1986',
  },
  entropy: {
    title: t('Entropy'),
    sentence: t(
      'How uncertain the next token is: 0 when one token is certain, ln n nats when n tokens are equally probable. A nat is a unit like the bit: 1 nat is about {0} bits.',
      written(1.44),
    ),
    formula: t('H = −Σ p ln p  (nats); divided by ln 2 for bits'),
    source: 'Shannon, A Mathematical Theory of Communication, 1948',
  },
  kept: {
    title: t('Kept tokens and their mass'),
    sentence: t(
      'How many tokens can still be drawn after the samplers, and their total probability before them.',
    ),
    formula: t('mass kept = Σ p(before) over the kept tokens'),
    source: 'Holtzman et al., The Curious Case of Neural Text Degeneration, 2020',
  },
  listed: {
    title: t('Listed tokens'),
    sentence: t(
      'The server tells the probabilities of its most probable tokens only. What all the others have together is exact; nothing is known of them one by one, so they have no bars.',
    ),
    formula: t('p(all others) = 1 − Σ p(listed)'),
    source: 'vLLM names the limit max-logprobs, llama-server n_probs',
  },
  logProbability: {
    title: t('Mean log-probability per token'),
    sentence: t(
      'How well the model expected the text, before samplers: the closer to 0, the better. Its perplexity is e to the power of it without its minus sign: the model was as unsure of each token as among so many equally probable ones.',
    ),
    formula: t('(1/n) Σ ln p(before)'),
    source: 'Jelinek et al., Perplexity: a Measure of the Difficulty of Speech Recognition Tasks, 1977',
  },
  token: {
    title: t('Tokens'),
    sentence: t(
      'The pieces of text that the model reads and writes, each with a number. A piece can be part of a character.',
    ),
    formula: t('text → bytes → byte-pair merges → ids'),
    source: 'Sennrich, Haddow and Birch, Neural Machine Translation of Rare Words with Subword Units, 2016',
  },
};

const terms = new Map(Object.entries(shared));

/** An experiment brings the words that are its own. */
export function addTerms(own: Readonly<Record<string, Term>>): void {
  for (const [name, term] of Object.entries(own)) terms.set(name, term);
}

export function termOf(name: string): Term | undefined {
  return terms.get(name);
}
