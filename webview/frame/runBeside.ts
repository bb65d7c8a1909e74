/** What a run has beside its chain, as it is typed in the form of a tab that draws texts. */
import type { Parameter } from '../../src/experiments/kit/declaration';
import type { RunParameters } from '../../src/interchange/run';
import { readOrNull } from '../form/declared';
import { valueText, type FormValue, type FormValues } from '../form/form';
import { linesText, textsIn } from '../format/textLines';
import { typedNumber, typingOf } from '../format/typedNumber';
import type { RunPorts } from './chainExchange';

const NUMBERS = ['seed', 'samples', 'maxNewTokens'] as const;

/**
 * @param declared what the tab asks
 * @param fill puts values into the form's fields; those that it has not are left out
 */
export function runBeside(
  {
    parameters: declared,
  }: { readonly parameters: Readonly<Record<(typeof NUMBERS)[number], Parameter<number>>> },
  values: () => FormValues,
  fill: (values: Readonly<Record<string, FormValue>>) => void,
): RunPorts {
  const number = (name: (typeof NUMBERS)[number]): number =>
    readOrNull(() => declared[name].read(typedNumber(valueText(values(), name), 'whole'), {})) ??
    declared[name].default;
  return {
    run: () => ({
      greedy: values()['greedy'] === true,
      seed: number('seed'),
      samples: Math.max(1, number('samples')),
      maxNewTokens: number('maxNewTokens'),
      stop: textsIn(valueText(values(), 'stop')),
    }),
    take: (parameters: RunParameters) => {
      fill({
        greedy: false,
        ...Object.fromEntries(
          NUMBERS.flatMap((name) => {
            const value = parameters[name];
            return value === undefined ? [] : [[name, typingOf(value)]];
          }),
        ),
        ...(parameters.stop && { stop: linesText(parameters.stop) }),
      });
    },
  };
}
