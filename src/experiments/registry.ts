/**
 * Every experiment, by its name: in the engine, in the panel's messages, in the history and in commands.
 */
import type * as v from 'valibot';
import { ab } from './ab';
import { branches } from './branches';
import { determinism } from './determinism';
import { explore } from './explore';
import { fidelity } from './fidelity';
import { grid } from './grid';
import { loss } from './loss';
import { methods } from './methods';
import { models } from './models';
import { nucleus } from './nucleus';
import { surprisal } from './surprisal';
import { temperature } from './temperature';
import { training } from './training';

/** Those with a tab, in the order of the tabs. */
const onTabs = {
  explore,
  ab,
  temperature,
  grid,
  determinism,
  nucleus,
  methods,
  branches,
  models,
  loss,
  training,
};

export const registry = { ...onTabs, surprisal, fidelity };

/** Names of the experiments with a tab, in the order of the tabs. */
export const TAB_NAMES: readonly string[] = Object.keys(onTabs);

export type ExperimentName = keyof typeof registry;

type Entry<Name extends ExperimentName> = (typeof registry)[Name];

export type ParametersOf<Name extends ExperimentName> = ReturnType<Entry<Name>['parse']>;
export type EventOf<Name extends ExperimentName> = v.InferOutput<Entry<Name>['events']>;
export type ResultOf<Name extends ExperimentName> = v.InferOutput<Entry<Name>['result']>;
