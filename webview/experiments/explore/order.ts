import { exploreParameters } from '../../../src/experiments/explore/parameters';
import type { Order } from '../../frame/record';
import type { ExploreOrder } from './run';

/** An order as Explore's own; null where its parameters are none that this version knows. */
export function orderIn({ model, toy, parameters }: Order): ExploreOrder | null {
  try {
    return { model, toy, parameters: exploreParameters.parse(parameters) };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
