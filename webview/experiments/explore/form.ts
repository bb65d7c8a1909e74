/** The controls of Explore: the sampler chain, which has an editor of its own, and what is drawn from it. */
import type { TemplateResult } from 'lit';
import { parseChain } from '../../../src/core/samplers/chain';
import { MOST_ROWS } from '../../../src/experiments/explore/distribution';
import { exploreParameters } from '../../../src/experiments/explore/parameters';
import type { ExploreResult } from '../../../src/experiments/explore/result';
import { t } from '../../../src/l10n/language';
import { thousands } from '../../format/numbers';
import { stepsText, type ChainEditor } from '../../form/chainEditor';
import { formOf, readOrNull } from '../../form/declared';
import { valueText, type Field } from '../../form/form';
import { readTyped, typedNumber } from '../../format/typedNumber';
import { chainOfSteps, shortStep, stepsOf } from '../../form/samplerSteps';
import type { ExperimentPage } from '../../frame/experimentPage';
import { chatForm, drawnByForm } from '../../frame/served';
import type { TabContext } from '../../frame/tab';

/** @param samplers draws the chain's own controls */
export function exploreForm(
  context: TabContext,
  chain: ChainEditor,
  samplers: () => TemplateResult,
): Pick<ExperimentPage<ExploreResult>, 'groups' | 'parameters' | 'values' | 'line'> {
  const chat = chatForm(context.session);
  const drawnBy = drawnByForm(context.session);
  return formOf(
    exploreParameters,
    [
      {
        title: t('Samplers'),
        term: 'samplers',
        muted: (values) => values['greedy'] === true,
        fields: [
          {
            kind: 'own',
            name: 'chain',
            label: t('sampler chain'),
            initial: chain.text,
            text: () => chain.text,
            fill: (text) => {
              chain.text = text;
            },
            error: () => chain.error,
            view: samplers,
          },
          {
            parameter: 'greedy',
            note: (values) =>
              values['greedy'] === true
                ? t('Greedy decoding takes the most probable token; the samplers are shown but not used.')
                : null,
          },
        ],
      },
      { title: t('Prompt'), fields: chat.fields },
      {
        title: t('Completions'),
        fields: ['samples', newTokensField(context), 'seed', 'stop', ...drawnBy.fields],
      },
    ],
    {
      beside: [chat, drawnBy],
      typed: () => ({ chain: chainOfSteps(chain.steps), listed: MOST_ROWS }),
      shown: ({ chain: given }) => {
        const read = readOrNull(() => parseChain(given));
        return read ? { chain: stepsText(stepsOf(read)) } : {};
      },
      line: (short, values) => {
        const steps = chain.steps.length === 0 ? [t('no sampler')] : chain.steps.map(shortStep);
        const most = typedNumber(valueText(values, 'maxNewTokens'), 'whole');
        return (
          [
            ...(values['greedy'] === true ? [t({ message: 'greedy', comment: 'switch' })] : steps),
            `${short('samples')} × ${typeof most === 'number' ? thousands(most) : most}`,
            t('seed {0}', short('seed')),
          ].join(', ') + short('stop')
        );
      },
    },
  );
}

/** The chosen model has a limit of its own, which may not be known yet. */
function newTokensField({ session }: TabContext): Field {
  const { maxNewTokens } = exploreParameters.parameters;
  return {
    kind: 'text',
    name: 'maxNewTokens',
    hook: 'max-new-tokens',
    label: t('max new tokens'),
    term: 'maxNewTokens',
    initial: String(maxNewTokens.default),
    check: (typed) => {
      const value = typedNumber(typed, 'whole');
      readTyped(value, 'whole', () => maxNewTokens.read(value, {}));
      const most = (session.loaded?.info.contextLength ?? Infinity) - 1;
      if (typeof value !== 'number' || value <= most) return;
      throw new RangeError(
        t(
          'Max new tokens is {0}; with this model it must be between 1 and {1}.',
          thousands(value),
          thousands(most),
        ),
      );
    },
  };
}
