/** Imported by tests of properties: all are run with one seed, so that a failure is seen by everyone or by no one. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 20_260_101 });
