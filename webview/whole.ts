/** What the page's first picture does without: the other tabs, and the packages that few samplers and all charts need. */
import 'late-packages';

export { laterTabs } from './experiments/registry';
