import type { Site } from '../local/site.ts';
import type { Figure } from '../report/figure.ts';

/** One part of the benchmark; every figure is noted as soon as it is known. */
export interface Section {
  readonly name: string;
  /** One line for people. */
  readonly about: string;
  readonly run: (site: Site, note: (...figures: readonly Figure[]) => void) => Promise<void>;
}
