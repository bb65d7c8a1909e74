/** What the words of Branches mean. */
import { t } from '../../../src/l10n/language';
import type { Term } from '../../ui/glossary';

export const branchTerms: Readonly<Record<string, Term>> = {
  branchStart: {
    title: t('How the tree begins'),
    sentence: t(
      'The paths in the tree before you add your own. Greedy: the best token at every step. Samples: drawn texts. Exact: the most probable texts, proven. Beams: what beam search finds. Next token: no path, only what can come next.',
    ),
    formula: t('p(path) = Π p(token | prompt and tokens before)'),
    source: t('Jurafsky and Martin, Speech and Language Processing, 3rd edition, chapter 3'),
  },
  branchTree: {
    title: t('The tree'),
    sentence: t(
      'One line for each stretch without a fork; tokens are tinted by their probability given what comes before. Arrow keys move along and between the lines, Enter goes to the alternatives and left arrow back, P pins, Delete cuts, Ctrl+Z undoes.',
    ),
    formula: t('× probability of the stretch, = probability of the whole path: the product of its tokens’'),
    source: 'Strobelt et al., Seq2Seq-Vis: A Visual Debugging Tool for Sequence-to-Sequence Models, 2018',
  },
  enumeration: {
    title: t('Exact enumeration'),
    sentence: t(
      'Extends the most probable beginning first. No continuation can be more probable than its beginning, so the first complete one to reach the front of the queue is proven to be the best.',
    ),
    formula: t('p(beginning + more) ≤ p(beginning)'),
    source: 'Stahlberg and Byrne, On NMT Search Errors and Model Errors: Cat Got Your Tongue?, 2019',
  },
  budget: {
    title: t('Budget'),
    sentence: t(
      'The most beginnings to read before the search gives up. Longer continuations and flatter distributions need more.',
    ),
    formula: t('read ≤ budget; what is not proven by then gets a bound'),
    source:
      'Hart, Nilsson and Raphael, A Formal Basis for the Heuristic Determination of Minimum Cost Paths, 1968',
  },
  lengthPenalty: {
    title: t('Length penalty'),
    sentence: t(
      'Sequences of different lengths are ranked by their sum divided by a power of their length: 0 ranks by the sum, 1 by the mean, more favours longer ones.',
    ),
    formula: t('score = Σ ln p / length^penalty'),
    source: t('Wu et al., Google’s Neural Machine Translation System, 2016; here without its constant'),
  },
  alternatives: {
    title: t('Alternatives'),
    sentence: t('How many of the most probable tokens are shown at the selected place.'),
    formula: t('the rest is summed in one row'),
    source:
      'Gehrmann, Strobelt and Rush, GLTR: Statistical Detection and Visualization of Generated Text, 2019',
  },
  ahead: {
    title: t('Tokens to continue by'),
    sentence: t(
      'When you follow another path, this many tokens are added by greedy search, to show where it leads. 0 adds none.',
    ),
    formula: t('next = argmax p(token | path)'),
    source: t('Jurafsky and Martin, Speech and Language Processing, 3rd edition, chapter 10'),
  },
};
