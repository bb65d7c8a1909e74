/** Entry of the engine's second thread, `dist/pulseThread.js`. */
import { answerPulse } from './pulse';

answerPulse();
