/** The course: six questions about decoding, each with the experiments that answer it. */
import { CONFIGURATIONS } from '../../src/experiments/determinism/decodings';
import { BOOK_TRAIN_RATIO, BOOK_WINDOWS } from '../../src/experiments/kit/textBatches';
import { METHOD_CHOICES, METHOD_NUMBERS } from '../../src/experiments/methods/list';
import { t } from '../../src/l10n/language';

/** An experiment with the chapter's own settings: it runs as soon as it is opened, with what the extension brings along. */
export interface CourseAction {
  /** Id of the tab. */
  readonly tab: string;
  /** What the button says. */
  readonly label: string;
  /** The toy vocabulary is the chapter's own; without it the chosen GPT-2 is used. */
  readonly toy: boolean;
  /** In the form that the experiment's results keep them; what is left out stays as it is. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface CourseStep {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  /** What to look at, and what to ask oneself. */
  readonly look: readonly string[];
  readonly actions: readonly CourseAction[];
}

const SEED = 42;

/** The first question's draws. */
const PIZZA = {
  target: 'pizza',
  leadingSpace: true,
  temperatures: [0.1, 0.5, 1, 1.5, 2, 5],
  draws: 100,
  seed: SEED,
};

/** The book's own, for its text. */
const BOOK_LOADER = { ...BOOK_WINDOWS, trainRatio: BOOK_TRAIN_RATIO };

const methods = (chapterOnly: boolean): unknown[] =>
  METHOD_CHOICES.filter(({ chapter }) => chapter || !chapterOnly).map(({ spec }) => spec(METHOD_NUMBERS));

export const COURSE: readonly CourseStep[] = [
  {
    id: 'temperature',
    title: t('Temperature'),
    question: t(
      'How does temperature scaling change how often a token such as “pizza” is sampled, and what is its exact probability?',
    ),
    look: [
      t(
        'The line is exact; each point is 100 draws. How far from the line do points fall by chance, and how many draws would distinguish two neighbours?',
      ),
      t('Then use the same random numbers at every temperature: why do all points now err together?'),
      t(
        'What does the probability of “pizza” approach as the temperature rises without limit? What happens to the other words?',
      ),
    ],
    actions: [
      {
        tab: 'temperature',
        label: t('Five dishes, 100 draws'),
        toy: true,
        parameters: { ...PIZZA, commonRandomNumbers: false },
      },
      {
        tab: 'temperature',
        label: t('With the same random numbers'),
        toy: true,
        parameters: { ...PIZZA, commonRandomNumbers: true },
      },
      {
        tab: 'temperature',
        label: t('The most probable token after your text'),
        toy: false,
        parameters: {
          target: '',
          temperatures: [0.1, 0.5, 1, 1.5, 2, 5],
          draws: 1000,
          seed: SEED,
          commonRandomNumbers: false,
        },
      },
    ],
  },
  {
    id: 'grid',
    title: t('Temperature and top-k'),
    question: t('What do temperature and top-k together do to the text?'),
    look: [
      t('Which of the two matters more for your text? The answer says which, with its numbers.'),
      t(
        'Compare the texts in opposite corners: where do they repeat themselves, and where do they fall apart?',
      ),
    ],
    actions: [
      {
        tab: 'grid',
        label: t('Temperature × top-k'),
        toy: false,
        parameters: {
          rows: { sampler: 'temperature', parameter: 'temperature', values: [0.1, 0.7, 1, 1.5, 2] },
          columns: { sampler: 'top-k', parameter: 'k', values: [1, 5, 20, 50, 200] },
          samples: 3,
          maxNewTokens: 20,
          seed: SEED,
        },
      },
    ],
  },
  {
    id: 'determinism',
    title: t('Determinism and the nucleus'),
    question: t(
      'Which settings make generation deterministic, and do they equal greedy decoding (the book’s generate_simple)? What does the nucleus keep?',
    ),
    look: [
      t(
        'Some settings leave only one token at every step; one just repeats its random numbers. Which of them equal greedy decoding?',
      ),
      t('Where does the cumulative probability cross p? How many tokens does a higher temperature let in?'),
    ],
    actions: [
      {
        tab: 'determinism',
        label: t('Every setting, three runs each'),
        toy: false,
        parameters: {
          configurations: CONFIGURATIONS.map(({ id }) => id),
          repeats: 3,
          maxNewTokens: 20,
          seed: SEED,
        },
      },
      {
        tab: 'nucleus',
        label: t('Temperature × p on five dishes'),
        toy: true,
        parameters: { temperatures: [0.7, 1], ps: [0.8, 0.9, 0.95] },
      },
    ],
  },
  {
    id: 'training',
    title: t('Continued pretraining'),
    question: t('How is pretraining continued from saved weights and optimizer state, for one more epoch?'),
    look: [
      t(
        'Why must the moments of AdamW be saved along with the weights? Look at the first steps after resuming.',
      ),
      t('Where do the training and validation losses diverge?'),
    ],
    actions: [
      {
        tab: 'training',
        label: t('Train one epoch on The Verdict'),
        toy: false,
        parameters: { action: 'start', source: 'verdict', settings: { ...BOOK_LOADER, epochs: 1 } },
      },
      {
        tab: 'training',
        label: t('One more, from the checkpoint'),
        toy: false,
        parameters: { action: 'continue', source: 'verdict', furtherEpochs: 1 },
      },
      {
        tab: 'training',
        label: t('Verify that it continues exactly'),
        toy: false,
        parameters: { action: 'verify', source: 'verdict', settings: { ...BOOK_LOADER, epochs: 1 } },
      },
    ],
  },
  {
    id: 'loss',
    title: t('Losses and the hybrid'),
    question: t(
      'What are the training and validation losses of a pretrained GPT-2 on a text? And what does the hybrid of nucleus and top-k do?',
    ),
    look: [
      t(
        'With GPT-2 on The Verdict, the book’s figures are shown next to yours. Which passages are hard, and why?',
      ),
      t(
        'The hybrid keeps at most k tokens of the nucleus. When does it differ from top-k, and when from the nucleus?',
      ),
    ],
    actions: [
      {
        tab: 'loss',
        label: t('The loss of The Verdict'),
        toy: false,
        parameters: { source: 'verdict', ...BOOK_LOADER },
      },
      {
        tab: 'methods',
        label: t('The hybrid next to the others'),
        toy: true,
        parameters: {
          form: 'tokens',
          methods: methods(true),
          samples: 10,
          trials: 20,
          maxNewTokens: 24,
          seed: SEED,
        },
      },
    ],
  },
  {
    id: 'models',
    title: t('Two models'),
    question: t(
      'How does GPT-2 124M compare with 1558M on the same text? How diverse and coherent are greedy, stochastic, nucleus and hybrid decoding?',
    ),
    look: [
      t(
        'Read the texts before you know which model wrote them. Does your judgement agree with the measures?',
      ),
      t(
        'Two sizes come with the extension: fireside with 7.3 and kindling with 0.8 million parameters. Which is less surprised by your text, and what does size cost?',
      ),
      t('Which method is the most varied, and how likely does the model itself find its texts?'),
    ],
    actions: [
      { tab: 'models', label: t('Two sizes side by side'), toy: false, parameters: {} },
      {
        tab: 'methods',
        label: t('Whole texts by each method'),
        toy: false,
        parameters: {
          form: 'continuations',
          methods: methods(true),
          samples: 4,
          trials: 3,
          maxNewTokens: 24,
          seed: SEED,
        },
      },
    ],
  },
];

/** What the reader concluded, as a document. */
export function courseReport(conclusions: Readonly<Record<string, string>>): string {
  const sections = COURSE.map(({ id, title, question }, i) => {
    const conclusion = conclusions[id]?.trim() ?? '';
    return `## ${i + 1}. ${title}\n\n${question}\n\n${conclusion === '' ? `*${t('Not answered yet.')}*` : conclusion}`;
  });
  return `# ${t('Six questions about decoding')}\n\n${sections.join('\n\n')}\n`;
}
