/** Training: a model folder, a text and settings become checkpoints, and a model that can be used. */
import type { ExperimentDescription } from '../kit/experiment';
import { parseTrainingJob, type TrainingJob } from './job';
import { trainingReport } from './report';
import { trainingEventSchema, trainingResultSchema, type TrainingEvent, type TrainingResult } from './result';

/** Training as an experiment. It changes a model's files, so the engine runs it, on a folder and not on a model. */
export const training = {
  parse: parseTrainingJob,
  events: trainingEventSchema,
  result: trainingResultSchema,
  report: trainingReport,
} satisfies ExperimentDescription<TrainingJob, TrainingEvent, TrainingResult>;
