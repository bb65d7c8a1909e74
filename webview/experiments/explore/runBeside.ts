/** What a run of Explore has beside its chain, as it is typed. */
import { exploreParameters } from '../../../src/experiments/explore/parameters';
import type { RunParameters } from '../../../src/interchange/run';
import { valueText, type FormValue, type FormValues } from '../../form/form';
import { readOrNull } from '../../form/declared';
import { linesText, textsIn } from '../../format/textLines';
import { typedNumber } from '../../format/typedNumber';
import type { RunPorts } from '../../frame/chainExchange';

const { seed, samples, maxNewTokens } = exploreParameters.parameters;

/** @param fill puts values into the form's fields */
export function runBeside(
  values: () => FormValues,
  fill: (values: Readonly<Record<string, FormValue>>) => void,
): RunPorts {
  const number = (name: string, parameter: typeof seed): number =>
    readOrNull(() => parameter.read(typedNumber(valueText(values(), name), 'whole'), {})) ??
    parameter.default;
  return {
    run: () => ({
      greedy: values()['greedy'] === true,
      seed: number('seed', seed),
      samples: Math.max(1, number('samples', samples)),
      maxNewTokens: number('maxNewTokens', maxNewTokens),
      stop: textsIn(valueText(values(), 'stop')),
    }),
    take: (parameters: RunParameters) => {
      fill({
        greedy: false,
        ...Object.fromEntries(
          (['seed', 'samples', 'maxNewTokens'] as const).flatMap((name) => {
            const value = parameters[name];
            return value === undefined ? [] : [[name, String(value)]];
          }),
        ),
        ...(parameters.stop && { stop: linesText(parameters.stop) }),
      });
    },
  };
}
